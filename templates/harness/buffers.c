#include "effnetc_harness/buffers.h"

#include "effnetc_harness/config.h"
#include "effnetc_harness/port.h"

enum { GUARD_BYTES = 16, GUARD = 0xa5 };

#ifdef HARNESS_SANITIZE
enum { SHIFT = 8 }; /* AddressSanitizer can forbid up to the first byte only when it is aligned to 8. */
#else
enum { SHIFT = INPUT_SHIFT };
#endif

static struct {
    uint8_t shift[SHIFT];
    uint8_t before[GUARD_BYTES];
    model_element_t data[INPUT_BYTES / sizeof(model_element_t)];
    uint8_t after[GUARD_BYTES];
} input __attribute__((aligned(8)));

static struct {
    uint8_t before[GUARD_BYTES];
    model_output_t data[OUTPUT_BYTES / sizeof(model_output_t)];
    uint8_t after[GUARD_BYTES];
} output __attribute__((aligned(8)));

static uint32_t input_checksum;

const uint32_t buffers_input_bytes = INPUT_BYTES;
const uint32_t buffers_output_bytes = OUTPUT_BYTES;

void *buffers_input(void) { return input.data; }

void *buffers_output(void) { return output.data; }

void buffers_infer_once(void) { EFFNETC_HARNESS_INFER(input.data, output.data); }

/* FNV-1a. */
static uint32_t checksum(const void *data, uint32_t bytes) {
    const uint8_t *const values = data;
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < bytes; i++) hash = (hash ^ values[i]) * 16777619u;
    return hash;
}

static void guard(uint8_t *bytes) {
    for (uint32_t i = 0; i < GUARD_BYTES; i++) bytes[i] = GUARD;
    port_forbid(bytes, GUARD_BYTES);
}

static void check(const uint8_t *bytes, int code) {
    port_allow(bytes, GUARD_BYTES);
    for (uint32_t i = 0; i < GUARD_BYTES; i++) {
        if (bytes[i] != GUARD) port_exit(code);
    }
}

void buffers_guard(void) {
    input_checksum = checksum(input.data, INPUT_BYTES);
    guard(input.before);
    guard(input.after);
    guard(output.before);
    guard(output.after);
}

void buffers_check(void) {
    check(input.before, EFFNETC_EXIT_GUARD_BEFORE_INPUT);
    check(input.after, EFFNETC_EXIT_GUARD_AFTER_INPUT);
    check(output.before, EFFNETC_EXIT_GUARD_BEFORE_OUTPUT);
    check(output.after, EFFNETC_EXIT_GUARD_AFTER_OUTPUT);
    if (!INPUT_CONSUMED && checksum(input.data, INPUT_BYTES) != input_checksum) port_exit(EFFNETC_EXIT_INPUT_CHANGED);
}

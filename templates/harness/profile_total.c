/*
 * Ticks and stack of one inference, to profile.bin: { uint32 ticks of an empty call, uint32 ticks of the inference,
 * uint32 bytes of stack }. An empty call is one instruction, the return.
 */
#include "effnetc_harness/buffers.h"
#include "effnetc_harness/config.h"
#include "effnetc_harness/port.h"
#include "effnetc_harness/timer.h"

typedef void (*inference)(model_input_t *input, model_output_t *output);

extern uint32_t stack_bottom[];

enum { PAINT = 0x5ca1ab1e, MAX_PAINTED_BYTES = 256 * 1024 };

static __attribute__((naked)) void nothing(model_input_t *input, model_output_t *output) {
    (void)input;
    (void)output;
    __asm__ volatile("bx lr");
}

/*
 * Not inlined or copied: both calls are measured by the same instructions. The plugin for QEMU counts from here up to
 * buffers_check (src/run/block-counts.ts).
 */
static __attribute__((noinline, noclone)) uint32_t ticks_of(inference run, model_input_t *input, model_output_t *output) {
    TIMER_RESTART();
    run(input, output);
    return TIMER_ELAPSED();
}

/*
 * Fills the free stack with a pattern, runs, and looks how deep it was overwritten. The loops use no stack, and the model
 * is called from here and not through a pointer, so that only what it calls for is below `top`.
 */
static __attribute__((noinline)) uint32_t stack_of(model_input_t *input, model_output_t *output) {
    volatile uint32_t *top;
    volatile uint32_t *bottom = stack_bottom;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    if ((uint32_t)(top - bottom) > MAX_PAINTED_BYTES / 4) bottom = top - MAX_PAINTED_BYTES / 4;
    for (volatile uint32_t *p = bottom; p < top; p++) *p = PAINT;
    EFFNETC_HARNESS_INFER(input, output);
    while (bottom < top && *bottom == PAINT) bottom++;
    return (uint32_t)(top - bottom) * 4;
}

/* Anew for each inference, which may overwrite it. */
static void read_input(void) {
    const int in = port_open_read("in.bin");
    if (in < 0 || !port_read(in, buffers_input(), INPUT_BYTES)) port_exit(EFFNETC_EXIT_INPUT_FILE);
    port_close(in);
}

int main(void) {
    const int out = port_open_write("profile.bin");
    uint32_t results[3];

    read_input();
    timer_start();
    buffers_guard();
    results[2] = stack_of(buffers_input(), buffers_output());
    read_input();
    results[0] = ticks_of(nothing, buffers_input(), buffers_output());
    results[1] = ticks_of(EFFNETC_HARNESS_INFER, buffers_input(), buffers_output());
    buffers_check();
    if (out < 0 || !port_write(out, results, sizeof results)) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
    port_exit(EFFNETC_EXIT_OK);
}

/*
 * Ticks of each step of each layer of one inference, to profile.bin: { uint32 layer, uint32 ticks } in the order of
 * execution. The first record measures the hooks themselves, with no work between them.
 */
#include "effnetc_harness/buffers.h"
#include "effnetc_harness/config.h"
#include "effnetc_trace.h"
#include "effnetc_harness/port.h"
#include "effnetc_harness/timer.h"

enum { CALIBRATION = 0xffff };

static int file;

/* The restart comes last and the reading first, so that the rest of the hooks is not counted. */
__attribute__((noinline)) void effnetc_trace_enter(uint32_t layer, uint32_t step) {
    (void)layer;
    (void)step;
    TIMER_RESTART();
}

__attribute__((noinline)) void effnetc_trace_leave(uint32_t layer) {
    const uint32_t ticks = TIMER_ELAPSED();
    const uint32_t record[] = { layer, ticks };
    if (!port_write(file, record, sizeof record)) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
}

int main(void) {
    const int in = port_open_read("in.bin");

    file = port_open_write("profile.bin");
    if (file < 0) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
    if (in < 0 || !port_read(in, buffers_input(), INPUT_BYTES)) port_exit(EFFNETC_EXIT_INPUT_FILE);
    timer_start();
    EFFNETC_TRACE_ENTER(CALIBRATION, 0);
    EFFNETC_TRACE_LEAVE(CALIBRATION);
    buffers_guard();
    EFFNETC_HARNESS_INFER(buffers_input(), buffers_output());
    buffers_check();
    port_exit(EFFNETC_EXIT_OK);
}

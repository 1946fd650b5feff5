/*
 * Ticks of each step of each layer of one inference, to profile.bin: { uint32 layer, uint32 ticks of the step, uint32 ticks
 * since the step before } in the order of execution. The first two records are of empty steps: the second one measures the
 * hooks themselves. The last record, of no layer, has the ticks since the last step.
 */
#include "effnetc_harness/buffers.h"
#include "effnetc_harness/config.h"
#include "effnetc_trace.h"
#include "effnetc_harness/port.h"
#include "effnetc_harness/timer.h"

enum { CALIBRATION = 0xffff, END = 0xfffe };

static int file;
/* From the end of a step to the beginning of this one. */
static uint32_t between;

void begin_step(void);
void write_record(const uint16_t *layer);

/* What a called function may change, but for the flags: the hooks are no calls to the compiler. */
#define SAVE "push {r0-r3, lr}\n mov r0, r12\n push {r0}\n"
#define RESTORE "pop {r0}\n mov r12, r0\n pop {r0-r3, pc}\n"
#if defined __ARM_FEATURE_MVE || defined __ARM_FP
#define SAVE_VECTORS "vpush {d0-d7}\n"
#define RESTORE_VECTORS "vpop {d0-d7}\n"
#else
#define SAVE_VECTORS
#define RESTORE_VECTORS
#endif

/* What is executed from restart to reading is the same each time, and measured by empty steps. */
__attribute__((naked, used)) void effnetc_time_enter(void) {
    __asm__ volatile(SAVE SAVE_VECTORS "bl begin_step\n" RESTORE_VECTORS RESTORE);
}

void begin_step(void) {
    between = TIMER_ELAPSED();
    TIMER_RESTART();
}

static void write_ticks(uint32_t layer, uint32_t ticks) {
    const uint32_t record[] = { layer, ticks, between };
    if (!port_write(file, record, sizeof record)) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
}

/* `lr` is the address after the call, plus 1 for Thumb. There are the 2 bytes of the layer, and after them it goes on. */
__attribute__((naked, used)) void effnetc_time_leave(void) {
    __asm__ volatile(SAVE
                     "mov r0, lr\n"
                     "adds r0, #2\n"
                     "str r0, [sp, #20]\n" SAVE_VECTORS "mov r0, lr\n"
                     "subs r0, #1\n"
                     "bl write_record\n" RESTORE_VECTORS RESTORE);
}

void write_record(const uint16_t *layer) {
    const uint32_t ticks = TIMER_ELAPSED();
    write_ticks(*layer, ticks);
    TIMER_RESTART();
}

int main(void) {
    const int in = port_open_read("in.bin");

    file = port_open_write("profile.bin");
    if (file < 0) port_exit(EFFNETC_EXIT_OUTPUT_FILE);
    if (in < 0 || !port_read(in, buffers_input(), INPUT_BYTES)) port_exit(EFFNETC_EXIT_INPUT_FILE);
    timer_start();
    EFFNETC_TRACE_ENTER(CALIBRATION, 0);
    EFFNETC_TRACE_LEAVE(CALIBRATION);
    EFFNETC_TRACE_ENTER(CALIBRATION, 1);
    EFFNETC_TRACE_LEAVE(CALIBRATION);
    buffers_guard();
    TIMER_RESTART();
    EFFNETC_HARNESS_INFER(buffers_input(), buffers_output());
    between = TIMER_ELAPSED();
    write_ticks(END, 0);
    buffers_check();
    port_exit(EFFNETC_EXIT_OK);
}

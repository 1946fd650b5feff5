/*
 * From reset to main on any Cortex-M. C code runs in thread mode on the process stack, at the very bottom of RAM, so
 * that an overflow leaves the memory and faults instead of eating data. Exceptions have a small stack of their own, so
 * that the fault of an overflow can still be reported.
 */
#include <stdint.h>

#include "effnetc_harness/port.h"

/* From the linker script. */
extern uint32_t stack_bottom[], stack_top[], exception_stack_top[];
extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];

int main(void);
void reset(void);
void start(void);
void exception(void);
void report_exception(uint32_t number, uint32_t process_stack) __attribute__((noreturn));

/* Sixteen entries: there are no interrupts. */
typedef void (*handler)(void);
__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    handler handlers[15];
} vectors = { exception_stack_top,
              { reset, exception, exception, exception, exception, exception, exception, exception, exception, exception,
                exception, exception, exception, exception, exception } };

/* CPACR, Armv7-M and later: FPU and MVE on. GCC uses vectors already to clear .bss, so this comes before any C. */
__attribute__((naked)) void reset(void) {
    __asm__ volatile(
#if defined __ARM_FEATURE_MVE || defined __ARM_FP
        "ldr r0, =0xe000ed88\n"
        "ldr r1, [r0]\n"
        "orr r1, r1, #0xf00000\n"
        "str r1, [r0]\n"
        "dsb\n"
        "isb\n"
#endif
        "ldr r0, =stack_top\n"
        "msr psp, r0\n"
        "movs r0, #2\n"
        "msr control, r0\n"
        "isb\n"
        "ldr r0, =start\n"
        "bx r0\n"
        ".ltorg\n");
}

void start(void) {
    const uint32_t *from = data_load;
    for (uint32_t *to = data_start; to < data_end; to++) *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++) *to = 0;
    (void)main();
    port_exit(EFFNETC_EXIT_OK);
}

__attribute__((naked)) void exception(void) {
    __asm__ volatile(
        "mrs r0, ipsr\n"
        "mrs r1, psp\n"
        "ldr r2, =report_exception\n"
        "bx r2\n"
        ".ltorg\n");
}

/* The frame of the exception went to the process stack; after an overflow it did not fit any more. */
void report_exception(uint32_t number, uint32_t process_stack) {
    const uint32_t frame_bytes = 32;
    if (process_stack < (uint32_t)(uintptr_t)stack_bottom + frame_bytes) port_exit(EFFNETC_EXIT_STACK_OVERFLOW);
    port_exit(EFFNETC_EXIT_EXCEPTION + (int)number);
}

/*
 * Built and emulated by `effnetc doctor`: the smallest firmware that needs a linker, libgcc and semihosting.
 * STACK_TOP is the end of the RAM of the target. Ends with the exit code 42.
 */
#include <stdint.h>
#include <string.h>

/* Arm semihosting, SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit. */
static void semihosting_exit(uint32_t code) {
    uint32_t block[2];
    block[0] = 0x20026u;
    block[1] = code;
    register uint32_t operation __asm__("r0") = 0x20u;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(operation) : "r"(argument) : "memory");
}

void start(void) {
    /* No core divides 64 bits by itself: a function of libgcc does. */
    volatile uint64_t dividend = 420000000000u;
    volatile uint64_t divisor = 10000000000u;
    semihosting_exit((uint32_t)(dividend / divisor));
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[2] = {STACK_TOP, (uintptr_t)start};

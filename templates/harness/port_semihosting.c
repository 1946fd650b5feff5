/* Files through the debugger or emulator: Arm semihosting, Thumb form (Arm IHI 0100, "Semihosting for AArch32"). */
#include "effnetc_harness/port.h"

#include <string.h>

enum operation {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_FLEN = 0x0c,
    SYS_EXIT_EXTENDED = 0x20
};

enum { MODE_RB = 1, MODE_WB = 5, APPLICATION_EXIT = 0x20026 };

static int32_t call(enum operation operation, const uint32_t *arguments) {
    register uint32_t r0 __asm__("r0") = (uint32_t)operation;
    register const uint32_t *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

void port_exit(int code) {
    const uint32_t arguments[] = { APPLICATION_EXIT, (uint32_t)code };
    for (;;) (void)call(SYS_EXIT_EXTENDED, arguments);
}

static int open_file(const char *name, uint32_t mode) {
    const uint32_t arguments[] = { (uint32_t)(uintptr_t)name, mode, (uint32_t)strlen(name) };
    return call(SYS_OPEN, arguments);
}

int port_open_read(const char *name) { return open_file(name, MODE_RB); }

int port_open_write(const char *name) { return open_file(name, MODE_WB); }

uint32_t port_size(int file) {
    const uint32_t arguments[] = { (uint32_t)file };
    const int32_t size = call(SYS_FLEN, arguments);
    return size < 0 ? 0u : (uint32_t)size;
}

/* Read and write return the number of bytes that were *not* transferred. */
static int transfer(enum operation operation, int file, const void *data, uint32_t bytes) {
    const uint32_t arguments[] = { (uint32_t)file, (uint32_t)(uintptr_t)data, bytes };
    return call(operation, arguments) == 0;
}

int port_read(int file, void *data, uint32_t bytes) { return transfer(SYS_READ, file, data, bytes); }

int port_write(int file, const void *data, uint32_t bytes) { return transfer(SYS_WRITE, file, data, bytes); }

void port_close(int file) {
    const uint32_t arguments[] = { (uint32_t)file };
    (void)call(SYS_CLOSE, arguments);
}

void port_forbid(const void *data, uint32_t bytes) {
    (void)data;
    (void)bytes;
}

void port_allow(const void *data, uint32_t bytes) {
    (void)data;
    (void)bytes;
}

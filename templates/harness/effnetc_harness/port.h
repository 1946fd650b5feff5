/* What the harness needs from the world: files and an end. One implementation for semihosting, one for hosted C. */
#ifndef EFFNETC_HARNESS_PORT_H
#define EFFNETC_HARNESS_PORT_H

#include <stdint.h>

/* Exit codes; the drivers know what they mean (src/run/run-outcome.ts). */
enum exit_code {
    EFFNETC_EXIT_OK = 0,
    EFFNETC_EXIT_INPUT_FILE = 10,
    EFFNETC_EXIT_OUTPUT_FILE = 11,
    EFFNETC_EXIT_TRACE_FILE = 12,
    EFFNETC_EXIT_GUARD_BEFORE_INPUT = 20,
    EFFNETC_EXIT_GUARD_AFTER_INPUT = 21,
    EFFNETC_EXIT_GUARD_BEFORE_OUTPUT = 22,
    EFFNETC_EXIT_GUARD_AFTER_OUTPUT = 23,
    EFFNETC_EXIT_INPUT_CHANGED = 24,
    EFFNETC_EXIT_STACK_OVERFLOW = 30,
    EFFNETC_EXIT_EXCEPTION = 40 /* plus the number of the exception: 43 is HardFault */
};

void port_exit(int code) __attribute__((noreturn));

/* Files are in the current directory. An open that fails gives a negative number. */
int port_open_read(const char *name);
int port_open_write(const char *name);
/* Bytes of a file opened for reading. */
uint32_t port_size(int file);
/* 1 when all bytes were transferred, otherwise 0. */
int port_read(int file, void *data, uint32_t bytes);
int port_write(int file, const void *data, uint32_t bytes);
void port_close(int file);

/* Makes every access of the bytes an error, where the port can (AddressSanitizer), until they are allowed again. */
void port_forbid(const void *data, uint32_t bytes);
void port_allow(const void *data, uint32_t bytes);

#endif

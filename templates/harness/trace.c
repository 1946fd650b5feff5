/* Writes each row to trace.bin: { uint16 layer, uint16 row, uint32 bytes }, little-endian, then the bytes. */
#include "effnetc_harness/trace.h"

#include <string.h>

#include "effnetc_trace.h"
#include "effnetc_harness/port.h"

struct record {
    uint16_t layer;
    uint16_t row;
    uint32_t bytes;
};

static int file;
static uint32_t used;
/*
 * Rows are gathered here, since each write stops the emulator; in fewer bytes where RAM is small, and records that do not
 * fit are written without it. At least one byte, as C wants it.
 */
static uint8_t buffer[TRACE_BUFFER_BYTES + 1];

static void write_or_exit(const void *data, uint32_t bytes) {
    if (bytes > 0 && !port_write(file, data, bytes)) port_exit(EFFNETC_EXIT_TRACE_FILE);
}

static void append(const void *data, uint32_t bytes) {
    if (bytes > TRACE_BUFFER_BYTES - used) {
        write_or_exit(buffer, used);
        used = 0;
    }
    if (bytes > TRACE_BUFFER_BYTES) {
        write_or_exit(data, bytes);
    } else {
        memcpy(buffer + used, data, bytes);
        used += bytes;
    }
}

void trace_open(void) {
    file = port_open_write("trace.bin");
    if (file < 0) port_exit(EFFNETC_EXIT_TRACE_FILE);
}

void trace_close(void) {
    write_or_exit(buffer, used);
    port_close(file);
}

void effnetc_trace_enter(uint32_t layer, uint32_t step) {
    (void)layer;
    (void)step;
}

void effnetc_trace_leave(uint32_t layer) { (void)layer; }

void effnetc_trace_row(uint32_t layer, uint32_t row, const void *data, uint32_t bytes) {
    const struct record record = { (uint16_t)layer, (uint16_t)row, bytes };
    append(&record, sizeof record);
    append(data, bytes);
}

/*
 * Included by the generated model under -DEFFNETC_TRACE: reports each step of each layer when it begins and ends, and in
 * between the row that it made, if it made one.
 *
 * Under -DEFFNETC_TRACE_TIMES, rows are not reported, and the other hooks are no calls to the compiler: they keep all
 * registers and touch no memory of the model, so that what is timed is the code that is made without hooks.
 */
#ifndef EFFNETC_TRACE_H
#define EFFNETC_TRACE_H

#include <stdint.h>

void effnetc_trace_enter(uint32_t layer, uint32_t step);
void effnetc_trace_row(uint32_t layer, uint32_t row, const void *data, uint32_t bytes);
void effnetc_trace_leave(uint32_t layer);

#ifdef EFFNETC_TRACE_TIMES
#define EFFNETC_TRACE_ENTER(layer, step) \
    do { \
        (void)(step); \
        __asm__ volatile("bl effnetc_time_enter" : : : "lr", "cc"); \
    } while (0)
#define EFFNETC_TRACE_ROW(layer, row, data, bytes) ((void)(data))
/* The number of the layer, a constant, stands after the call. */
#define EFFNETC_TRACE_LEAVE(layer) \
    __asm__ volatile("bl effnetc_time_leave\n\t.short %c0" : : "i"(layer) : "lr", "cc")
#else
#define EFFNETC_TRACE_ENTER(layer, step) effnetc_trace_enter((uint32_t)(layer), (uint32_t)(step))
#define EFFNETC_TRACE_ROW(layer, row, data, bytes) \
    effnetc_trace_row((uint32_t)(layer), (uint32_t)(row), (data), (uint32_t)(bytes))
#define EFFNETC_TRACE_LEAVE(layer) effnetc_trace_leave((uint32_t)(layer))
#endif

#endif

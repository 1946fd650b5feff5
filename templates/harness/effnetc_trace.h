/*
 * Included by the generated model under -DEFFNETC_TRACE: reports each step of each layer when it begins and ends, and in
 * between the row that it made, if it made one (not under -DEFFNETC_TRACE_TIMES: nothing then stands in the way).
 */
#ifndef EFFNETC_TRACE_H
#define EFFNETC_TRACE_H

#include <stdint.h>

void effnetc_trace_enter(uint32_t layer, uint32_t step);
void effnetc_trace_row(uint32_t layer, uint32_t row, const void *data, uint32_t bytes);
void effnetc_trace_leave(uint32_t layer);

#define EFFNETC_TRACE_ENTER(layer, step) effnetc_trace_enter((uint32_t)(layer), (uint32_t)(step))
#ifdef EFFNETC_TRACE_TIMES
#define EFFNETC_TRACE_ROW(layer, row, data, bytes) ((void)(data))
#else
#define EFFNETC_TRACE_ROW(layer, row, data, bytes) \
    effnetc_trace_row((uint32_t)(layer), (uint32_t)(row), (data), (uint32_t)(bytes))
#endif
#define EFFNETC_TRACE_LEAVE(layer) effnetc_trace_leave((uint32_t)(layer))

#endif

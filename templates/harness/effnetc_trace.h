/* Included by the generated model under -DEFFNETC_TRACE: reports each row of each layer when it is made. */
#ifndef EFFNETC_TRACE_H
#define EFFNETC_TRACE_H

#include <stdint.h>

void effnetc_trace_enter(uint32_t layer, uint32_t row);
void effnetc_trace_row(uint32_t layer, uint32_t row, const void *data, uint32_t bytes);

#define EFFNETC_TRACE_ENTER(layer, row) effnetc_trace_enter((uint32_t)(layer), (uint32_t)(row))
#define EFFNETC_TRACE_ROW(layer, row, data, bytes) \
    effnetc_trace_row((uint32_t)(layer), (uint32_t)(row), (data), (uint32_t)(bytes))

#endif

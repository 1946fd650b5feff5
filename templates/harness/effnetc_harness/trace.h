#ifndef EFFNETC_HARNESS_TRACE_H
#define EFFNETC_HARNESS_TRACE_H

void trace_open(void);
void trace_close(void);

#endif

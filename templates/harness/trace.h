#ifndef TRACE_H
#define TRACE_H

void trace_open(void);
void trace_close(void);

#endif

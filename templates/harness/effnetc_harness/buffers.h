/* Input and output of the model between guard bytes. */
#ifndef EFFNETC_HARNESS_BUFFERS_H
#define EFFNETC_HARNESS_BUFFERS_H

#include "effnetc_harness/config.h"

/* The buffers that EFFNETC_HARNESS_INFER gets. The input has an odd address (but under sanitizers): its type promises no
   alignment. One that is overwritten is aligned to 4, as the header asks for, and to no more. */
int8_t *buffers_input(void);
model_output_t *buffers_output(void);

/* Before an inference: writes the guards and makes them inaccessible where the port can. */
void buffers_guard(void);
/* After it: ends the program when a guard has changed, or an input that is not overwritten. */
void buffers_check(void);

#endif

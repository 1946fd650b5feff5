/* Input and output of the model between guard bytes. */
#ifndef EFFNETC_HARNESS_BUFFERS_H
#define EFFNETC_HARNESS_BUFFERS_H

#include "effnetc_harness/config.h"

/* The buffers that EFFNETC_HARNESS_INFER gets. The input has an address that is a multiple of what its type promises and
   of no more: an odd one for int8 (but under sanitizers). One that is overwritten is aligned to 4, as the header asks for, and to no more. */
model_element_t *buffers_input(void);
model_output_t *buffers_output(void);

/* Before an inference: writes the guards and makes them inaccessible where the port can. */
void buffers_guard(void);
/* After it: ends the program when a guard has changed, or an input that is not overwritten. */
void buffers_check(void);

#endif

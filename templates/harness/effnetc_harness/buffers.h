/* Input and output of the model between guard bytes. Nothing here depends on the model: see src/toolchain/shared-objects.ts. */
#ifndef EFFNETC_HARNESS_BUFFERS_H
#define EFFNETC_HARNESS_BUFFERS_H

#include <stdint.h>

extern const uint32_t buffers_input_bytes;
extern const uint32_t buffers_output_bytes;

/* The buffers that EFFNETC_HARNESS_INFER gets, of the types that it takes. The input has an address that is a multiple of what its type promises and
   of no more: an odd one for int8 (but under sanitizers). One that is overwritten is aligned to 4, as the header asks for, and to no more. */
void *buffers_input(void);
void *buffers_output(void);
/* An inference from the one into the other. */
void buffers_infer_once(void);

/* Before an inference: writes the guards and makes them inaccessible where the port can. */
void buffers_guard(void);
/* After it: ends the program when a guard has changed, or an input that is not overwritten. */
void buffers_check(void);

#endif

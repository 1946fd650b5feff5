/* System counter of the SSE-300 (Arm 101773), control frame: 64 bits, of which the lower ones are read. */
enum { SSE_CNTCR = 0x0, SSE_CNTCV_LO = 0x8, SSE_CNTCV_HI = 0xc };

static inline void timer_start(void) {}

/* The count can be written only while it stands. The last instruction is the zero of the count. */
#define TIMER_RESTART() \
    (TIMER_REGISTER(SSE_CNTCR) = 0, TIMER_REGISTER(SSE_CNTCV_LO) = 0, TIMER_REGISTER(SSE_CNTCV_HI) = 0, \
     TIMER_REGISTER(SSE_CNTCR) = 1)
#define TIMER_ELAPSED() TIMER_REGISTER(SSE_CNTCV_LO)

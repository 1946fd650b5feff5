/* TIMER of the nRF51 (nRF51 Series Reference Manual, section TIMER): counts up, read through a capture register. */
enum {
    NRF_START = 0x000,
    NRF_CLEAR = 0x00c,
    NRF_CAPTURE0 = 0x040,
    NRF_BITMODE = 0x508,
    NRF_PRESCALER = 0x510,
    NRF_CC0 = 0x540
};

static inline void timer_start(void) {
    TIMER_REGISTER(NRF_BITMODE) = 3; /* 32 bits */
    TIMER_REGISTER(NRF_PRESCALER) = 0;
    TIMER_REGISTER(NRF_START) = 1;
}

/* Its last instruction is the zero of the count. */
#define TIMER_RESTART() (TIMER_REGISTER(NRF_CLEAR) = 1)
#define TIMER_ELAPSED() (TIMER_REGISTER(NRF_CAPTURE0) = 1, TIMER_REGISTER(NRF_CC0))

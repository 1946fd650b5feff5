/* Timer of the Cortex-M System Design Kit (Arm DDI 0479): counts down from a written value. */
enum { CMSDK_CTRL = 0x0, CMSDK_VALUE = 0x4, CMSDK_RELOAD = 0x8 };

static inline void timer_start(void) {
    TIMER_REGISTER(CMSDK_RELOAD) = 0xffffffffu;
    TIMER_REGISTER(CMSDK_CTRL) = 1;
}

/* Its last instruction is the zero of the count. */
#define TIMER_RESTART() (TIMER_REGISTER(CMSDK_VALUE) = 0xffffffffu)
#define TIMER_ELAPSED() (0xffffffffu - TIMER_REGISTER(CMSDK_VALUE))

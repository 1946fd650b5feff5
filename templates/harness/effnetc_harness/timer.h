/*
 * A timer that runs on the emulated clock, more than one tick per instruction, so that the number of executed
 * instructions follows exactly from the ticks since a restart (src/run/profile.ts).
 * One implementation per kind of timer; as macros, since a call would be counted, too.
 */
#ifndef EFFNETC_HARNESS_TIMER_H
#define EFFNETC_HARNESS_TIMER_H

#include <stdint.h>

#include "effnetc_harness/config.h"

#define TIMER_REGISTER(offset) (*(volatile uint32_t *)(uintptr_t)(TIMER_BASE + (offset)))

#include "effnetc_harness/timer_kind.h"

#endif

/*
 * A timer that runs on the emulated clock, more than one tick per instruction, so that the number of executed
 * instructions follows exactly from the ticks since a restart (src/run/profile-ticks.ts).
 * One implementation per kind of timer; as macros, since a call would be counted, too.
 */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

#include "config.h"

#define TIMER_REGISTER(offset) (*(volatile uint32_t *)(uintptr_t)(TIMER_BASE + (offset)))

#include "timer_kind.h"

#endif

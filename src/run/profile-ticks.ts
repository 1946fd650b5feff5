/** Emulated time of an instruction under `-icount shift=6`, in ns. */
const instructionNs = 64;

/**
 * Instructions that were executed when a timer showed `ticks` since its restart. The timer runs faster than one tick
 * per instruction and shows whole ticks, floor(n * rate), so that n = ceil(ticks / rate) exactly.
 *
 * @param hertz of the timer, at least 15.625 MHz
 */
export function instructionsAt(ticks: number, hertz: number): number {
  // In integers: hertz * 64 and ticks * 10^9 stay below 2^63.
  const perTick = BigInt(hertz) * BigInt(instructionNs);
  return Number((BigInt(ticks) * 1_000_000_000n + perTick - 1n) / perTick);
}

import { setImmediate } from 'node:timers/promises';

/** Milliseconds between two yields: so rare that they cost nothing, so frequent that Ctrl-C seems to work at once. */
const sliceMs = 50;

/**
 * Lets a long loop yield to the event loop: the loop awaits the returned function in each round, and that yields every 50 ms.
 * Otherwise Ctrl-C and timers have no effect before the loop ends.
 */
export function yieldRegularly(now: () => number = () => performance.now()): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < sliceMs) return;
    await setImmediate();
    since = now();
  };
}

/** Handles a signal that has already arrived, which ends the process: to be awaited before files are written. */
export async function letSignalsEndUs(): Promise<void> {
  // The event loop takes signals when it polls. That may be after the first yield, but is before the second one.
  await setImmediate();
  await setImmediate();
}

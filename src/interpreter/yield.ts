import { setImmediate } from 'node:timers/promises';

/** Long enough that the turns cost nothing, short enough that Ctrl-C seems to work at once. */
const sliceMs = 50;

/**
 * For loops of long work: `await` the result once per round, and every 50 ms the event loop gets a turn. Without one
 * neither Ctrl-C nor a timer is noticed before the loop has ended.
 */
export function yieldRegularly(now: () => number = () => performance.now()): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < sliceMs) return;
    await setImmediate();
    since = now();
  };
}

/** Gives a signal that has already come the time to end the process: to be awaited before anything is written. */
export async function letSignalsEndUs(): Promise<void> {
  // Signals arrive where the loop polls. The first turn may end before that, the second one lies after it.
  await setImmediate();
  await setImmediate();
}

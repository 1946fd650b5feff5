import vm from 'node:vm';

/** The work was stopped at its time limit. */
export class TimeLimitError extends Error {}

/**
 * Runs `body`, which must be synchronous, and stops it when it takes longer than it may.
 *
 * The time limit of a vm script holds for all that the script calls, host functions included; there is no other way to
 * interrupt a computation on the same thread. What `body` has built is in an unknown state afterwards.
 * @throws TimeLimitError
 */
export function withTimeLimit<T>(milliseconds: number, body: () => T): T {
  let result: { readonly value: T } | undefined;
  const run = () => {
    result = { value: body() };
  };
  try {
    vm.runInNewContext('run()', { run }, { timeout: milliseconds });
  } catch (error) {
    // Not `instanceof Error`: the error belongs to the context of the script.
    if (hasCode(error) && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new TimeLimitError(`not finished after ${milliseconds} ms`);
    }
    throw error;
  }
  // Assigned in a callback, which control flow analysis does not see.
  const finished = result as { readonly value: T } | undefined;
  if (finished === undefined) throw new TimeLimitError('did not run');
  return finished.value;
}

function hasCode(error: unknown): error is { readonly code: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error;
}

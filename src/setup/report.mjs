// What set-up tells the user: one line a step, on standard error, so that the output of the demo stays its own.

/**
 * @typedef {object} Report
 * @property {(text: string) => void} line one whole line
 * @property {(text: string) => (result: string) => void} step begins a line; the returned function ends it with the
 *   result and the time it took
 */

/**
 * @param {(text: string) => void} [write]
 * @param {() => number} [now] milliseconds
 * @returns {Report}
 */
export function createReport(write = text => process.stderr.write(text), now = () => performance.now()) {
  return {
    line: text => write(`effnetc: ${text}\n`),
    step(text) {
      const start = now();
      write(`effnetc: ${text} ... `);
      return result => write(`${result} (${((now() - start) / 1000).toFixed(1)} s)\n`);
    },
  };
}

/** A set-up step that cannot go on; its message is for the user and says what to do. */
export class SetupError extends Error {}

import { invariant } from '../diagnostics/diagnostic.js';
import { formatBytes } from '../report/format.js';
import type { ProfileReport } from '../report/profile-report.js';

export { formatBytes, formatCount, formatPercent } from '../report/format.js';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** Keys are printed in the order in which they were written; those with `undefined` are left out. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** One JSON object as text, ending with a line feed. The same value gives the same bytes. */
export function jsonText(value: JsonObject): string {
  const check = (key: string, part: unknown): unknown => {
    // JSON has neither NaN nor infinity: JSON.stringify would print null, which a script takes for "not there".
    invariant(typeof part !== 'number' || Number.isFinite(part), `JSON field ${key} is ${part}`);
    return part;
  };
  return `${JSON.stringify(value, check, 2)}\n`;
}

/** The bound of the stack with the path that it comes from, or why there is none. */
export function describeStack({ stackBound, stackPath = [], stackBoundUnknown }: ProfileReport['ram']): string {
  if (stackBound === null) return `no bound: ${stackBoundUnknown}`;
  const path = stackPath.map(frame => `${frame.function} ${frame.bytes}`).join(', ');
  return `at most ${formatBytes(stackBound)}: ${path}`;
}

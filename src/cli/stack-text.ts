import type { ProfileReport } from '../report/profile-report.js';
import { formatBytes } from './output.js';

/** The bound of the stack with the path that it comes from, or why there is none. */
export function describeStack({ stackBound, stackPath = [], stackBoundUnknown }: ProfileReport['ram']): string {
  if (stackBound === null) return `no bound: ${stackBoundUnknown}`;
  const path = stackPath.map(frame => `${frame.function} ${frame.bytes}`).join(', ');
  return `at most ${formatBytes(stackBound)}: ${path}`;
}

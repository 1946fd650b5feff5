import { escapeControls } from '../diagnostics/text.js';
import type { DriverReport, Verdict } from '../run/verify.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { JsonObject } from './output.js';

const exitOf: Readonly<Record<Verdict['outcome'], ExitCode>> = {
  fine: exitCodes.fine,
  different: exitCodes.checkFailed,
  'tool missing': exitCodes.toolMissing,
  'target unsuited': exitCodes.badInput,
};

/** What `verify` ends with. */
export const exitCodeOfVerdict = ({ outcome }: Verdict): ExitCode => exitOf[outcome];

/** The verdict as the end of a sentence. */
export function describeVerdict({ bitExact, hostOnly, outcome }: Verdict, reports: readonly DriverReport[]): string {
  if (hostOnly) return 'bit-exact in every layer on the host only; the core itself did not run';
  const skipped = reports.filter(r => r.status === 'skipped').map(r => r.name);
  const rest = outcome === 'fine' || outcome === 'different' ? '' : `; ${skipped.join(' and ')} did not run`;
  return `${bitExact ? 'bit-exact in every layer' : 'NOT shown to be bit-exact'}${rest}`;
}

/** What a driver found, in a line. */
export function describeReport({ reason, mismatch: m }: DriverReport): string {
  if (m === undefined) return reason?.split('\n', 1)[0] ?? '';
  return `vector ${m.vector}, layer ${m.layer}, row ${m.row}, column ${m.column}, channel ${m.channel}: expected ${m.expected}, got ${m.actual}`;
}

/** Notes and help of drivers that failed, indented, to stand below the table. */
export function failureDetails(reports: readonly DriverReport[]): string {
  const lines = reports.flatMap(({ reason }) => reason?.split('\n').slice(1) ?? []);
  return lines.map(line => `  ${escapeControls(line)}\n`).join('');
}

export function reportJson({ name, status, reason, mismatch }: DriverReport): JsonObject {
  return {
    name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(mismatch === undefined ? {} : { mismatch: { ...mismatch } }),
  };
}

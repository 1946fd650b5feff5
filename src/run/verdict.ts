import type { Target } from '../target/target.js';
import type { DriverReport } from './verify.js';

/** What the reports of all drivers say together. */
export interface Verdict {
  /** All that ran were equal, and among them was one that runs the target's own code. */
  readonly bitExact: boolean;
  /** Bit-exact on the host, which is all that was asked for: nothing is known of the core. */
  readonly hostOnly: boolean;
  /** The worst first: a difference or failure; what was needed or asked for could not run, here or anywhere. */
  readonly outcome: 'different' | 'tool missing' | 'target unsuited' | 'fine';
}

/**
 * Judges a verification. The host runs other instructions than the core: for a target with a core it proves nothing
 * alone, unless it alone was asked for.
 *
 * @param asked the drivers that the user named, if any: each of them has to run
 */
export function judge(reports: readonly DriverReport[], target: Target, asked?: readonly string[]): Verdict {
  const ran = reports.filter(r => r.status !== 'skipped');
  const skipped = reports.filter(r => r.status === 'skipped');
  const different = ran.some(r => r.status !== 'equal');
  const hasCore = target.compiler.family !== 'host';
  const hostAlone = asked?.every(name => name === 'host') ?? false;
  const needsCore = hasCore && !hostAlone;
  const covered = ran.some(r => !needsCore || r.name !== 'host');
  const bitExact = covered && !different;
  const complete = covered && (asked === undefined || skipped.length === 0);
  const missing = skipped.some(r => r.skippedFor === 'tool') ? 'tool missing' : 'target unsuited';
  return {
    bitExact,
    hostOnly: bitExact && hasCore && hostAlone,
    outcome: different ? 'different' : complete ? 'fine' : missing,
  };
}

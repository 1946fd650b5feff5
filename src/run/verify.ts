import { CompileError, invariant } from '../diagnostics/diagnostic.js';
import type { Tensors } from '../interpreter/reference.js';
import type { IntegerGraph } from '../ir/graph.js';
import type { Target } from '../target/target.js';
import type { Firmware } from '../toolchain/firmware.js';
import { firstMismatch, type Mismatch } from './compare.js';
import type { Driver } from './driver.js';

export interface DriverReport {
  readonly name: string;
  readonly status: 'equal' | 'different' | 'failed' | 'skipped';
  /** Why it was skipped or failed. Of a failure all that is known: the first line is the error, then notes and help. */
  readonly reason?: string;
  /** Of a skipped one: a tool is missing here, or the driver cannot run this target anywhere. */
  readonly skippedFor?: 'tool' | 'target';
  readonly mismatch?: Mismatch;
}

export type VerifyProgress = (driver: string, done: number, total: number) => void;

/** Runs the C under each driver and holds every byte of every layer against the reference. */
export async function verifyDrivers(
  graph: IntegerGraph,
  firmware: Firmware,
  vectors: readonly Uint8Array[],
  expected: readonly Tensors[],
  drivers: readonly Driver[],
  onProgress: VerifyProgress = () => {},
): Promise<readonly DriverReport[]> {
  // Of no vectors every output would be equal.
  invariant(vectors.length > 0, 'no vectors to verify with');
  invariant(expected.length === vectors.length, `${expected.length} references for ${vectors.length} vectors`);
  const reports: DriverReport[] = [];
  for (const driver of drivers)
    reports.push(await verifyDriver(graph, firmware, vectors, expected, driver, onProgress));
  return reports;
}

async function verifyDriver(
  graph: IntegerGraph,
  firmware: Firmware,
  vectors: readonly Uint8Array[],
  expected: readonly Tensors[],
  driver: Driver,
  onProgress: VerifyProgress,
): Promise<DriverReport> {
  const { name } = driver;
  const reason = driver.unavailable(firmware);
  if (reason !== undefined)
    return { name, status: 'skipped', reason, skippedFor: driver.unsuited(firmware) === undefined ? 'tool' : 'target' };
  try {
    const result = await driver.run(firmware, vectors, {
      trace: true,
      onProgress: (done, total) => onProgress(name, done, total),
    });
    const layers = firmware.layers
      .map(layer => graph.nodes.find(node => node.name === layer.name))
      .filter(n => n !== undefined);
    const mismatch = firstMismatch(graph, layers, expected, result);
    return mismatch === undefined ? { name, status: 'equal' } : { name, status: 'different', mismatch };
  } catch (error) {
    if (error instanceof CompileError) return { name, status: 'failed', reason: explain(error) };
    throw error;
  }
}

function explain({ diagnostics }: CompileError): string {
  return diagnostics
    .flatMap(({ code, message, notes, hint }) => [
      `${code}: ${message}`,
      ...notes.map(note => `note: ${note.message}`),
      ...(hint === undefined ? [] : [`help: ${hint}`]),
    ])
    .join('\n');
}

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
export function verdictOf(reports: readonly DriverReport[], target: Target, asked?: readonly string[]): Verdict {
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

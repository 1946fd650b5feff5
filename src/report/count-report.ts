import type { CountResult } from '../run/count-instructions.js';
import type { PartCounts } from '../run/instruction-counts.js';
import type { ClassCounts } from '../timing/class.js';

/** Cycles after a timing table, never measured: what the fields are called says so. */
export type EstimatedCycles = {
  readonly total: number;
  /** With the least and the most of all ranges in the table. */
  readonly low: number;
  readonly high: number;
  /** Of `total`; null where there are no multiply-accumulates. */
  readonly perMac: number | null;
};

export type EstimateReport = EstimatedCycles & {
  /** Name of the timing table. */
  readonly table: string;
  /** `documented` by the maker of the core, or somebody's `approximation`. */
  readonly basis: 'documented' | 'approximation';
  readonly document: string;
  readonly assumes: readonly string[];
};

/** What the plugin counted in a layer or between layers. */
export type PartReport = {
  readonly instructions: number;
  readonly classes: ClassCounts;
};

export type CountReport = {
  readonly classes: ClassCounts;
  readonly driver: PartReport & { readonly estimatedCycles?: EstimatedCycles };
  /** Most instructions first. */
  readonly functions: readonly { readonly name: string; readonly instructions: number }[];
};

const partReport = ({ instructions, classes }: PartCounts): PartReport => ({ instructions, classes });

function estimated({ cycles }: PartCounts, macs: number): EstimatedCycles | undefined {
  if (cycles === undefined) return undefined;
  const { total, low, high } = cycles;
  return { total, low, high, perMac: macs === 0 ? null : Number((total / macs).toFixed(4)) };
}

/** The fields of `profile --json` that come from the plugin, of the whole; null where there are none, and why. */
export function countFields(result: CountResult, macs: number) {
  if (result.kind === 'skipped') return { counts: null, countsSkipped: result.reason, estimatedCycles: null };
  const { whole, driver, functions, timing } = result.counts;
  const ofDriver = estimated(driver, 0);
  const counts: CountReport = {
    classes: whole.classes,
    driver: { ...partReport(driver), ...(ofDriver === undefined ? {} : { estimatedCycles: ofDriver }) },
    functions,
  };
  const ofWhole = estimated(whole, macs);
  if ('none' in timing) return { counts, estimatedCycles: null, estimateUnknown: timing.none };
  const { name: table, basis, document, assumes } = timing;
  const estimatedCycles: EstimateReport | null = ofWhole ? { ...ofWhole, table, basis, document, assumes } : null;
  return { counts, estimatedCycles };
}

/** The same of one layer; nothing where there is nothing. */
export function layerCountFields(
  result: CountResult,
  layer: number,
  macs: number,
): { readonly counts?: PartReport; readonly estimatedCycles?: EstimatedCycles } {
  const part = result.kind === 'counted' ? result.counts.layers[layer] : undefined;
  if (part === undefined) return {};
  const cycles = estimated(part, macs);
  return { counts: partReport(part), ...(cycles === undefined ? {} : { estimatedCycles: cycles }) };
}

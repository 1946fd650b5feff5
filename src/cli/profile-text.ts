import { classesIn, classShares, classTitles } from '../report/class-table.js';
import type { ProfileReport } from '../report/profile-report.js';
import type { CountResult } from '../run/count-instructions.js';
import type { ClassCounts } from '../timing/class.js';
import type { TextStyle } from './io.js';
import { formatCount } from './output.js';
import { type Column, renderTable } from './table.js';

const right = (title: string): Column => ({ title, align: 'right' });
const ratio = (part: number, whole: number): string => (whole > 0 ? (part / whole).toFixed(2) : '');

/** Instructions by layer, and cycles where they were estimated; after them what is executed between the layers. */
export function workText(report: ProfileReport, style: TextStyle): string {
  const { layers, driverInstructions, counts, estimatedCycles } = report;
  const estimates = (cycles: { readonly total: number } | undefined, macs: number): string[] =>
    estimatedCycles === null
      ? []
      : cycles === undefined
        ? ['', '']
        : [formatCount(cycles.total), ratio(cycles.total, macs)];
  const rows = layers.map(l => [
    l.name,
    l.op,
    formatCount(l.macs),
    formatCount(l.instructions),
    ratio(l.instructions, l.macs),
    ...estimates(l.estimatedCycles, l.macs),
    l.source ?? '',
  ]);
  rows.push([
    'driver',
    '',
    '',
    formatCount(driverInstructions),
    '',
    ...estimates(counts?.driver.estimatedCycles, 0),
    '',
  ]);
  const columns: Column[] = [
    { title: 'layer' },
    { title: 'op' },
    right('MACs'),
    right('instructions'),
    right('per MAC'),
    ...(estimatedCycles === null ? [] : [right('est. cycles'), right('per MAC')]),
    { title: 'from' },
  ];
  return renderTable(columns, rows, style);
}

/** Bytes of flash by layer, and what its instructions are, in per cent; last the driver, with code that layers share. */
export function detailText({ layers, counts, flash }: ProfileReport, style: TextStyle): string {
  const shown = classesIn(counts?.classes ?? {});
  const shares = (classes: ClassCounts = {}): string[] => classShares(shown, classes);
  const rows = layers.map(l => [
    l.name,
    formatCount(l.flash.code),
    formatCount(l.flash.weights),
    formatCount(l.flash.tables),
    ...shares(l.counts?.classes),
  ]);
  const rest = (part: 'code' | 'weights' | 'tables'): string =>
    formatCount(flash[part] - layers.reduce((sum, l) => sum + l.flash[part], 0));
  rows.push(['driver; shared code', rest('code'), rest('weights'), rest('tables'), ...shares(counts?.driver.classes)]);
  const columns = [
    { title: 'layer' },
    ...['code B', 'weights B', 'tables B'].map(right),
    ...shown.map(name => right(`${classTitles[name]} %`)),
  ];
  return renderTable(columns, rows, style);
}

/** The estimate and what it rests on, or why there is none. */
export function cyclesText(report: ProfileReport, counted: CountResult): string {
  const { estimatedCycles: cycles, estimateUnknown } = report;
  if (counted.kind === 'skipped') {
    const detail = counted.detail?.replace(/^/gm, '       ') ?? '';
    return `cycles no estimate, and no kinds of instructions: ${counted.reason}\n${detail === '' ? '' : `${detail}\n`}`;
  }
  if (cycles === null) return `cycles no estimate: ${estimateUnknown}\n`;
  const { total, low, high, perMac, table, basis, assumes } = cycles;
  const range = low === high ? '' : `, ${formatCount(low)} to ${formatCount(high)}`;
  const ofMac = perMac === null ? '' : `, ${perMac.toFixed(2)} per MAC`;
  const what = basis === 'documented' ? 'estimate' : 'estimate by an approximation';
  return (
    `cycles ${formatCount(total)} (${what}${range}${ofMac}), after "${table}"\n` +
    assumes.map(text => `       assumes ${text}\n`).join('')
  );
}

/** What is neither a layer nor the driver: helpers, and functions of the compiler's library. */
export function helpersText({ counts, layers }: ProfileReport): string {
  const own = (counts?.functions ?? []).filter(({ name }) => !/^l\d+_/.test(name));
  if (layers.length === 0 || own.length === 0) return '';
  return `besides layers: ${own.map(({ name, instructions }) => `${name} ${formatCount(instructions)}`).join(', ')}\n`;
}

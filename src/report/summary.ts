import type { LabelledText } from '../emit/views.js';
import { budgetProblems } from '../pipeline/budget.js';
import { type CompiledModel, describeSource, type LoadedModel } from '../pipeline/index.js';
import type { ProfileResult } from '../run/profile.js';
import type { StackBound } from '../toolchain/stack-bound.js';
import type { EstimateReport } from './count-report.js';
import { formatBytes, formatCount, formatPercent } from './format.js';
import { perMac } from './layer-tables.js';
import type { Measurement } from './measure.js';
import type { BarView, FigureView } from './page-views.js';
import { profileReport } from './profile-report.js';
import { percentOf } from './shapes.js';

/** Where everything came from. */
export function facts(compiled: CompiledModel, { source }: LoadedModel, measurement: Measurement): LabelledText[] {
  const { target } = compiled.firmware;
  return [
    ...describeSource(source),
    { label: 'target', text: `${target.name}: ${target.description}` },
    { label: 'rounding', text: compiled.rounding },
    { label: 'made by', text: `effnetc ${compiled.view.version}` },
    ...(measurement.kind === 'measured' ? [{ label: 'measured with', text: measurement.tools }] : []),
  ];
}

/** Why `compile` refuses the model for its target: what it says of RAM, then of flash. */
export function misfits(compiled: CompiledModel): string[] {
  return budgetProblems(compiled, compiled.firmware.target).map(({ code, message, notes }) =>
    [`${code}: ${message}`, ...notes.map(note => note.message)].join('; '),
  );
}

/** The numbers to begin with. */
export function figures(compiled: CompiledModel, measurement: Measurement): FigureView[] {
  const { plan, macs, view } = compiled;
  const shown = [
    {
      label: 'arena',
      value: formatBytes(plan.arenaBytes),
      note:
        `row-live bound ${formatBytes(plan.boundBytes)}, proven least ${formatBytes(plan.leastBytes)}` +
        (plan.imageBytes === 0 ? '' : '; besides the input, which is overwritten'),
    },
    { label: 'multiply-accumulates', value: formatCount(macs), note: `in ${view.layers.length} layers` },
  ];
  return [
    ...shown,
    ...(measurement.kind === 'measured' ? measuredFigures(compiled, measurement.profile) : unmeasuredFigures(compiled)),
  ];
}

function measuredFigures(compiled: CompiledModel, profile: ProfileResult): FigureView[] {
  const { ram, flash, estimatedCycles } = profileReport(compiled, profile);
  const { budget } = compiled.firmware.target;
  const state = ram.arena - compiled.plan.arenaBytes;
  // The measured firmware hands in the whole image, so the linker drops what only push_row reads.
  const pushless =
    compiled.view.push !== null && flash.tables < compiled.view.tableBytes ? ' (without those of push_row)' : '';
  return [
    {
      label: 'instructions',
      value: formatCount(profile.instructions),
      note: `of one inference, not cycles; ${perMac(profile.instructions, compiled.macs)} per MAC`,
    },
    ...(estimatedCycles === null ? [] : [estimateFigure(estimatedCycles)]),
    {
      label: 'RAM in all',
      value: formatBytes(ram.total),
      note:
        `arena and state ${formatBytes(compiled.plan.arenaBytes)} + ${formatBytes(state)}, input ${formatBytes(ram.input)}, ` +
        `output ${formatBytes(ram.output)}, stack ${formatBytes(ram.stack)} (measured)${partOf(ram.total, budget?.ramBytes)}`,
    },
    { label: 'stack', value: formatBytes(ram.stack), note: `measured; ${stackNote(profile.stackBound)}` },
    {
      label: 'flash',
      value: formatBytes(flash.total),
      note:
        `weights ${formatBytes(flash.weights)}, tables ${formatBytes(flash.tables)}${pushless}, ` +
        `code ${formatBytes(flash.code)}${partOf(flash.total, budget?.flashBytes)}`,
    },
  ];
}

function estimateFigure({ total, low, high, perMac: ofMac, table, basis }: EstimateReport): FigureView {
  const range = low === high ? '' : `${formatCount(low)} to ${formatCount(high)}; `;
  const each = ofMac === null ? '' : `${ofMac.toFixed(2)} per MAC; `;
  const kind = basis === 'documented' ? '' : 'an approximation, ';
  return { label: 'cycles, an estimate', value: formatCount(total), note: `${range}${each}${kind}after “${table}”` };
}

/** The most that any path through the code takes, or why that is not known. */
function stackNote(bound: StackBound): string {
  if (bound.kind === 'unknown') return `no static bound: ${bound.reason}`;
  const path = bound.path.map(frame => `${frame.function} ${formatBytes(frame.bytes)}`).join(', ');
  return `static bound ${formatBytes(bound.bytes)}: ${path}. Interrupts come on top`;
}

function unmeasuredFigures({ view, firmware }: CompiledModel): FigureView[] {
  const bytes = view.weightBytes + view.tableBytes;
  const note = `weights ${formatBytes(view.weightBytes)}, tables ${formatBytes(view.tableBytes)}; the code comes on top`;
  return [
    {
      label: 'flash for constants',
      value: formatBytes(bytes),
      note: note + partOf(bytes, firmware.target.budget?.flashBytes),
    },
  ];
}

const partOf = (bytes: number, budget: number | undefined): string =>
  budget === undefined ? '' : `; ${formatPercent(bytes / budget)} of the target’s ${formatBytes(budget)}`;

/** The arena beside what it could have been. */
export function orderBars({ plan }: CompiledModel): BarView[] {
  const bars = [
    {
      label: 'layer by layer',
      note: 'bound of the order that makes all rows of a layer, then the next',
      bytes: plan.standard.layers,
    },
    {
      label: 'demand-driven',
      note: 'bound of the order that asks for the last row, depth first',
      bytes: plan.standard.demand,
    },
    { label: 'this order', note: 'its row-live bound, no two rows sharing bytes', bytes: plan.boundBytes },
    { label: 'arena', note: 'as placed: rows may lie over rows that die', bytes: plan.arenaBytes },
    { label: 'proven least', note: 'no order and no placement of these layers needs less', bytes: plan.leastBytes },
  ];
  const most = Math.max(...bars.map(({ bytes }) => bytes));
  return bars.map(({ label, note, bytes }) => ({
    label,
    note,
    value: formatBytes(bytes),
    percent: percentOf(bytes, most),
    main: bytes === plan.arenaBytes && label === 'arena',
  }));
}

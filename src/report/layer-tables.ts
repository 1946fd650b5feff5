import { kernelName, layerKind, sourcePlace } from '../emit/describe.js';
import { mostLive } from '../emit/tables.js';
import { GraphIndex } from '../ir/graph.js';
import { formatShape } from '../ir/tensor.js';
import { constantBytes } from '../kernels/kernel.js';
import { signedBits } from '../numeric/requantise.js';
import { type CompiledModel, layerMacs } from '../pipeline/index.js';
import type { Plan } from '../plan/plan.js';
import type { PartCounts } from '../run/instruction-counts.js';
import type { ProfileResult } from '../run/profile.js';
import type { TimingTable } from '../timing/table.js';
import { colourOf, formatCount } from './format.js';
import type { MemoryRow, PageView, WorkRow } from './page-views.js';

/** Stands where a layer has no such thing. */
const none = '–';

/** Instructions per multiply-accumulate. */
export const perMac = (instructions: number, macs: number): string =>
  macs === 0 ? none : (instructions / macs).toFixed(2);

const shareOf = (part: number, whole: number): string => (whole === 0 ? 0 : (100 * part) / whole).toFixed(1);

/** What each layer computes, and the instructions that it takes where they were counted. */
export function workTable({ graph, plan, macs }: CompiledModel, profile: ProfileResult | undefined): PageView['work'] {
  const index = new GraphIndex(graph);
  const counts = profile?.counts.kind === 'counted' ? profile.counts.counts : undefined;
  const timing = counts === undefined || 'none' in counts.timing ? undefined : counts.timing;
  const rows = plan.layers.map(({ node, kernel }, layer): WorkRow => {
    const own = layerMacs(graph, node);
    const executed = profile?.layerInstructions[layer];
    const bound = kernel.accumulatorBound;
    return {
      layer,
      colour: colourOf(layer),
      name: node.name,
      kind: layerKind(node),
      input: index
        .inputTypes(node)
        .map(({ shape }) => formatShape(shape))
        .join(' + '),
      output: formatShape(node.type.shape),
      source: sourcePlace(node) || none,
      macs: own === 0 ? none : formatCount(own),
      instructions: executed === undefined ? none : formatCount(executed),
      perMac: executed === undefined ? none : perMac(executed, own),
      ...estimated(counts?.layers[layer], own),
      share: profile === undefined ? shareOf(own, macs) : shareOf(executed ?? 0, profile.instructions),
      accumulator: bound === undefined ? none : String(signedBits(bound)),
      kernel: kernelName(kernel),
    };
  });
  const inLayers = profile?.layerInstructions.reduce((sum, count) => sum + count, 0) ?? 0;
  return {
    rows,
    driver: profile === undefined ? none : formatCount(profile.instructions - inLayers),
    macs: formatCount(macs),
    instructions: profile === undefined ? none : formatCount(profile.instructions),
    perMac: profile === undefined ? none : perMac(profile.instructions, macs),
    estimated: timing !== undefined,
    estimateNote: timing === undefined ? '' : estimateNote(timing),
    driverCycles: estimated(counts?.driver, 0).cycles,
    ...estimated(counts?.whole, macs),
  };
}

function estimated(part: PartCounts | undefined, macs: number): Pick<WorkRow, 'cycles' | 'cyclesPerMac'> {
  const total = part?.cycles?.total;
  if (total === undefined) return { cycles: none, cyclesPerMac: none };
  return { cycles: formatCount(total), cyclesPerMac: perMac(total, macs) };
}

/** Begins a sentence. */
function estimateNote({ name, basis, document, assumes }: TimingTable): string {
  const what = basis === 'documented' ? 'Cycles are an estimate' : 'Cycles are an estimate by an approximation';
  return `${what}, after “${name}” (${document}), which assumes ${assumes.join('; ')}.`;
}

/** What each layer occupies in RAM and flash. */
export function memoryTable({ plan, view }: CompiledModel, profile: ProfileResult | undefined): PageView['memory'] {
  const inTables = plan.layers.map(({ kernel }) => constantBytes(kernel.tables, 'tables'));
  const rows = plan.layers.map(({ kernel }, layer) => {
    return {
      ...occupied(plan, layer),
      code: profile === undefined ? '' : formatCount(profile.layerCode[layer]),
      weights: formatCount(constantBytes(kernel.tables, 'weights')),
      tables: formatCount(inTables[layer]),
    };
  });
  const ownCode = profile?.layerCode.reduce((sum, bytes) => sum + bytes, 0) ?? 0;
  return {
    hasImage: plan.imageBytes > 0,
    rows,
    measured: profile !== undefined,
    sharedCode: profile === undefined ? '' : formatCount(profile.flash.code - ownCode),
    code: profile === undefined ? '' : formatCount(profile.flash.code),
    planTables: formatCount(view.tableBytes - inTables.reduce((sum, bytes) => sum + bytes, 0)),
    weights: formatCount(view.weightBytes),
    tables: formatCount(view.tableBytes),
  };
}

function occupied(plan: Plan, layer: number): Omit<MemoryRow, 'code' | 'weights' | 'tables'> {
  const { buffers, offsets, program } = plan;
  const { node, row } = plan.layers[layer];
  const { home, rows, rowBytes } = program.tensors[row.output];
  const inArena = home === 'arena';
  const blocks = inArena ? [...buffers.rows[row.output]] : [];
  const lowest = Math.min(...blocks.map(block => offsets[block]));
  const end = Math.max(...blocks.map(block => offsets[block] + buffers.blocks[block].bytes));
  const besides = [
    ...(row.stateBytes > 0 ? [`${formatCount(row.stateBytes)} of sums`] : []),
    ...(row.scratchBytes > 0 ? [`${formatCount(row.scratchBytes)} of scratch`] : []),
  ];
  return {
    layer,
    colour: colourOf(layer),
    name: node.name,
    place: inArena ? `${formatCount(lowest)} to ${formatCount(end)}` : 'the caller’s',
    rows: formatCount(rows),
    rowBytes: formatCount(rowBytes),
    live: inArena ? formatCount(mostLive(plan, blocks)) : none,
    besides: besides.join(', ') || none,
  };
}

import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import type { ConstantTable, KernelOffer, KernelVariant, Work } from '../kernel.js';
import { type RequantiseView, requantisePlan, tableOf } from '../requantise/generic.js';
import { finishHelpers, isFused, preShiftOf, requantiseTables } from '../requantise/mve.js';
import { tileChannels, vector, wordBytes } from '../shared/mve-tile.js';
import { overlayDistance } from '../shared/overlay.js';
import { counted, requantisedKey } from '../shared/work.js';
import { type DepthwiseWindowView, depthwiseWindow, tapOrder } from './window.js';

/** A tap of the window: the row that it is in, and bytes from the window's first tap in that row. */
interface TapView {
  readonly row: number;
  readonly offset: number;
  /** The last one that is taken from its row: the pointer moves on with it. */
  readonly last: boolean;
  /** Near enough for an immediate offset. */
  readonly near: boolean;
  /** Where its weights are in the table of 16 channels. */
  readonly at: number;
  /** The first of its run. */
  readonly begins: boolean;
  /** Of the first run: not all registers are taken yet. */
  readonly early: boolean;
}

/** What `kernels/depthwise/mve` reads. */
export interface MveDepthwiseView extends DepthwiseWindowView {
  /** The last 16 channels are not whole; nor the last 4. */
  readonly tailed: boolean;
  readonly partial: boolean;
  /** Taps whose products add up in int16. */
  readonly runs: readonly { readonly first: boolean; readonly taps: readonly TapView[] }[];
  readonly taps: readonly TapView[];
  /** Some taps are too far away for an immediate offset. */
  readonly far: boolean;
  /** Where biases and multipliers are in the table of 16 channels, and its size. */
  readonly biasAt: number;
  readonly multipliersAt: number;
  readonly blockBytes: number;
  /** Requantised where it is summed up. */
  readonly fused: boolean;
  /** Left shift of accumulators before they are multiplied; 0 almost always, and then left out. */
  readonly preShift: number;
  /** Added to requantised accumulators. */
  readonly offset: number;
  readonly requantise: RequantiseView;
}

/** Taps are written out one by one, and each row of the window has a register. */
const mostTaps = 25;
const mostRows = 5;

/** Offsets of byte loads and of additions. */
const largestNear = 127;
const largestFar = 4080;

/** For MVE: 16 channels at a time, products in int16 as long as they fit, then in int32. */
export const mveDepthwiseConv: KernelVariant = {
  name: 'mve',
  plan(plain, [input]): KernelOffer {
    const node = plain as Node<DepthwiseConvAttributes>;
    const { kernel, multiplier, stride, padding } = node.attributes;
    const [kernelRows, kernelColumns] = kernel;
    const { channels } = input.shape;
    const count = kernelRows * kernelColumns;
    if (multiplier > 1) return { unsuited: 'a multiplier' };
    if (count > mostTaps) return { unsuited: `more than ${mostTaps} taps` };
    if (kernelRows > mostRows) return { unsuited: `more than ${mostRows} rows` };
    if ((kernelColumns - 1) * channels > largestFar) return { unsuited: 'its size' };
    const requantise = requantisePlan(node, input);
    const window = depthwiseWindow(node, input);
    const { hasEdges, rowsMayMiss, windowBytes, zeroPoint } = window;
    const fused = isFused(requantise.view, node);
    const order = tapOrder(count, kernelColumns);
    const tapsOfRuns = tapRuns(node.constants.weight, order);
    const biasAt = vector * tapsOfRuns[0].length;
    const biasBytes = 4 * vector;
    const runs = tapsOfRuns.map((run, r) => ({
      first: r === 0,
      taps: run.map((tap, i): TapView => {
        const column = tap % kernelColumns;
        const before = vector * order.indexOf(tap);
        return {
          row: Math.floor(tap / kernelColumns),
          offset: column * channels,
          last: column === 0,
          near: column * channels <= largestNear,
          at: r === 0 ? before : before + biasBytes,
          begins: i === 0,
          early: r === 0,
        };
      }),
    }));
    const taps = runs.flatMap(run => run.taps);
    const multipliersAt = vector * count + biasBytes;
    const view: MveDepthwiseView = {
      ...window,
      tailed: channels % vector !== 0,
      partial: channels % tileChannels !== 0,
      runs,
      taps,
      far: taps.some(({ near }) => !near),
      biasAt,
      multipliersAt,
      blockBytes: multipliersAt + (fused ? biasBytes : 0),
      fused,
      offset: node.constants.offset.data[0],
      preShift: preShiftOf(requantise.view),
      requantise: requantise.view,
    };
    return {
      functionName: `dwconv_${kernelRows}x${kernelColumns}`,
      template: 'kernels/depthwise/mve',
      label: 'mve',
      view: { ...view },
      tables: [
        blockTable(node.constants.weight, tapsOfRuns, requantise.tables, fused),
        ...(rowsMayMiss ? [paddingTable(zeroPoint, windowBytes)] : []),
        ...(fused ? [] : requantiseTables(requantise.tables)),
      ],
      helpers: [
        ...requantise.helpers,
        ...(fused ? (['saturating-native'] as const) : finishHelpers(requantise.view)),
        ...(hasEdges ? (['mve-copy', 'mve-fill'] as const) : []),
        'mve-word',
      ],
      ...requantise.bounds,
      overlays: [overlayDistance(input.shape, node.type.shape, { stride: stride[1], left: padding[2] }, 'channel')],
      ...(hasEdges ? { scratchBytes: kernelRows * windowBytes } : {}),
      work: workOf(view, node.type.shape.height),
    };
  },
};

/** For a layer of so many output rows. */
function workOf(view: MveDepthwiseView, height: number): Work {
  const { channels, runs, taps, fused, requantise, insidePositions, kernelRows } = view;
  const edges = height * (view.leftEdges.length + view.rightEdges.length);
  const positions = height * insidePositions + edges;
  const vectors = Math.ceil(channels / vector);
  const blocks = positions * vectors;
  const early = taps.filter(({ early, begins }) => early && !begins).length;
  const late = taps.filter(({ early, begins }) => !early && !begins).length;
  const rule = fused ? 'fused' : 'to memory';
  return {
    family: 'depthwise/mve',
    counts: counted({
      positions,
      'rows of positions': positions * kernelRows,
      edges,
      'rows at edges': edges * kernelRows,
      'vectors at edges': edges * kernelRows * Math.ceil(view.windowBytes / vector),
      [`blocks, ${rule}`]: blocks,
      'predicated blocks': view.tailed ? blocks : 0,
      runs: blocks * runs.length,
      'early taps': blocks * early,
      'late taps': blocks * late,
      'predicated taps': view.tailed ? blocks * taps.length : 0,
      'far taps': blocks * taps.filter(({ near, last }) => !near && !last).length,
      [requantisedKey(requantise)]: fused ? 0 : positions * Math.ceil(channels / tileChannels),
    }),
    // Some accumulators are shifted first, 4 vectors of them.
    known: fused && view.preShift > 0 ? 4 * blocks : 0,
    unrolled: taps.length,
  };
}

/** What the taps in a missing row read. */
function paddingTable(zeroPoint: number, bytes: number): ConstantTable {
  return {
    suffix: 'padding',
    ctype: 'int8_t',
    values: new Int8Array(bytes).fill(zeroPoint),
    perLine: 16,
    layout: 'what taps in a row outside the input read',
    kind: 'tables',
  };
}

/**
 * Splits the taps of a depthwise conv into runs whose products add up in int16: for every channel and all inputs, the sum of
 * a run, and each sum on the way there, stays within int16. A single product always does.
 *
 * @param weight OHWI with I = 1
 * @param order of the taps
 */
export function tapRuns(weight: Constant, order: readonly number[]): number[][] {
  const taps = order.length;
  const channels = weight.data.length / taps;
  const runs: number[][] = [];
  let low = new Int32Array(channels);
  let high = new Int32Array(channels);
  for (const tap of order) {
    const extreme = (from: Int32Array, positive: number, negative: number) =>
      from.map((sum, c) => {
        const w = weight.data[c * taps + tap];
        return sum + w * (w > 0 ? positive : negative);
      });
    const lower = extreme(low, -128, 127);
    const higher = extreme(high, 127, -128);
    const run = runs.at(-1);
    if (run !== undefined && lower.every(sum => sum >= -(2 ** 15)) && higher.every(sum => sum < 2 ** 15)) {
      run.push(tap);
      [low, high] = [lower, higher];
    } else {
      runs.push([tap]);
      const none = new Int32Array(channels);
      [low, high] = [extreme(none, -128, 127), extreme(none, 127, -128)];
    }
  }
  return runs;
}

/**
 * For each 16 channels what is read for them, in that order: the weights of each tap of the first run, the biases, the weights
 * of the other taps, and with `multipliers` those. Channels are rounded up to whole blocks. Words are in the order in which
 * products come apart: of the channels 0, 4, 8 and 12, then 1, 5, 9 and 13 and so on.
 */
export function blockTable(
  weight: Constant,
  runs: readonly (readonly number[])[],
  tables: readonly ConstantTable[],
  multipliers: boolean,
): ConstantTable {
  const taps = runs.flat().length;
  const channels = weight.data.length / taps;
  const values: number[] = [];
  const lanes = Array.from({ length: vector }, (_, i) => i);
  for (let first = 0; first < channels; first += vector) {
    const weights = (tap: number) =>
      values.push(...lanes.map(i => (first + i < channels ? weight.data[(first + i) * taps + tap] : 0)));
    const words = (suffix: string) => {
      const table = tableOf(tables, suffix).values;
      for (const i of lanes) {
        const channel = first + 4 * (i % 4) + Math.floor(i / 4);
        values.push(...wordBytes(channel < channels ? table[channel] : 0));
      }
    };
    for (const [i, run] of runs.entries()) {
      for (const tap of run) weights(tap);
      if (i === 0) words('bias');
    }
    if (multipliers) words('multipliers');
  }
  const epilogue = multipliers ? ', multipliers' : '';
  return {
    suffix: 'weights',
    ctype: 'int8_t',
    values,
    perLine: vector,
    layout: `by 16 channels: weights of ${runs[0].length} taps, biases${runs.length > 1 ? `, weights of ${taps - runs[0].length} taps` : ''}${epilogue}; biases${multipliers ? ' and multipliers' : ''} as bytes, of every fourth channel`,
    kind: 'weights',
  };
}

import type { Node } from '../../ir/graph.js';
import { type AccumulatorRange, magnitudeOf, rangesOf } from '../../ops/shared/accumulator.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { Round } from '../helpers.js';
import type { ConstantTable, Helper, KernelInput, KernelOffer, KernelPlan } from '../kernel.js';
import { canPair, int16WeightTable, pairTable } from '../packing/pairs.js';
import { type Saturating, saturatingNames, saturatingOf } from '../requantise/dsp.js';
import { requantisePlan, tableOf } from '../requantise/generic.js';
import { im2rowView } from '../shared/im2row.js';
import { groupOverlayDistance, tileOverlayDistance } from '../shared/overlay.js';
import type { WindowGeometry } from '../shared/taps.js';
import { windowTaps } from '../shared/work.js';
import { packedDotProductPlans } from './dsp-sub-byte.js';
import { type DspDotProductView, dspDotProductWork } from './dsp-view.js';

/** A configuration: output positions per tile, int8 or int16 weights, number of groups. */
interface Tiling {
  readonly tile: 1 | 2;
  readonly wide: boolean;
  readonly groups: number;
}

/**
 * A conv for the DSP extension: the inputs of 2 output positions are widened to int16 once, then multiplied with the
 * weights of two output channels at a time. Weights are int8 in pairs of channels, or int16 where that is not possible, or for
 * speed. One position at a time takes half of the scratch. Groups are convs over ranges of channels, one after the other, at
 * each position: their inputs have to be one run of bytes in a row, and their channels whole pairs.
 */
export function dspDotProductPlans(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
  groups = 1,
): KernelOffer[] {
  const { weight, bias } = node.constants;
  const ranges = rangesOf(node);
  if (groups > 1) {
    const { columnsMayMiss } = im2rowView(geometry, input, node.type);
    if (geometry.kernel[1] > 1 || columnsMayMiss) return [{ unsuited: 'groups, and a window of several columns' }];
    if ((bias.data.length / groups) % 2 === 1) return [{ unsuited: 'groups of an odd number of channels' }];
    const fused = saturatingOf(node, requantisePlan(node, input), ranges) !== undefined;
    if (!fused) return [{ unsuited: 'groups, and the requantisation' }];
  }
  const pairs = canPair(weight, ranges.map(magnitudeOf));
  const tiles = node.type.shape.width > 1 ? ([2, 1] as const) : ([1] as const);
  const packed = ([tile]: readonly (1 | 2)[]): readonly KernelPlan[] => {
    if (!pairs || groups > 1) return [];
    const plan = dspDotProductPlan(node, input, functionName, geometry, ranges, { tile, wide: false, groups });
    return packedDotProductPlans(node, input, plan, plan.view);
  };
  return [
    ...(pairs ? [] : [{ unsuited: 'weights cannot be paired, so they are int16' }]),
    ...(pairs ? [false, true] : [true]).flatMap(wide =>
      tiles.map((tile): KernelPlan => {
        const plan = dspDotProductPlan(node, input, functionName, geometry, ranges, { tile, wide, groups });
        return {
          ...plan,
          configuration: `${tile}x2${wide ? ' int16' : ''}`,
          ...(pairs && wide ? { forSpeed: true } : {}),
        };
      }),
    ),
    ...packed(tiles),
  ];
}

function dspDotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
  ranges: readonly AccumulatorRange[],
  { tile, wide, groups }: Tiling,
): KernelPlan & { readonly view: DspDotProductView } {
  const { weight, bias } = node.constants;
  const channels = bias.data.length;
  const requantise = requantisePlan(node, input);
  const { rounding } = requantise;
  const whole = im2rowView(geometry, input, node.type);
  const window = { ...whole, columnBytes: whole.columnBytes / groups, rowBytes: whole.rowBytes / groups };
  const { rowsMayMiss, columnsMayMiss, stride, left, columnBytes, rowBytes, zeroPoint } = window;
  const depth = weight.data.length / channels;
  const { width } = node.type.shape;
  const tiled = tile === 1 ? 0 : width - (width % tile);
  const round = roundOf(depth);
  const words = (Math.ceil(depth / round) * round) / 2;
  const inPlace = input.aligned && columnBytes % 4 === 0;
  const saturating = channels % 2 === 0 ? saturatingOf(node, requantise, ranges) : undefined;
  const fused = saturating !== undefined;
  const rule = `${rounding}${saturating?.plain === false ? '-shifted' : ''}` as const;
  const view: DspDotProductView = {
    outputWidth: width,
    channels,
    odd: channels % 2 === 1,
    tiled,
    hasTiles: tiled > 0,
    hasRest: tiled < width,
    words,
    tileWords: words * 2,
    weightWords: wide ? 2 * words : words,
    prefix: wide ? 'wide_' : '',
    round,
    inPlace,
    fours: Math.ceil(depth / 4),
    ...window,
    columnFours: columnBytes / 4,
    rowFours: rowBytes / 4,
    zeroPoints: ((zeroPoint & 0xffff) * 0x10001) >>> 0,
    requantise: requantise.view,
    fused,
    suffix: saturating?.plain === false ? '_shifted' : '',
    pairs: channels / groups / 2,
    grouped: groups > 1,
    groups,
    pixelBytes: whole.columnBytes,
    groupChannels: channels / groups,
    groupWeights: (channels / groups / 2) * (wide ? 2 * words : words),
    groupWords: saturating === undefined ? 0 : (channels / groups / 2) * pairWords(saturating),
    offset: saturating?.offset ?? 0,
  };
  const prefix = wide ? 'wide-' : '';
  const helpers: Helper[] = ['assembler', 'dsp-halves', `${prefix}dot-pair`, ...(fused ? [] : requantise.helpers)];
  if (fused) helpers.push(`saturating-${rounding}`, `${prefix}tile-pairs-${rule}`);
  const fills = inPlace && (rowsMayMiss || columnsMayMiss);
  for (const pixels of [...(view.hasTiles ? [2 as const] : []), ...(view.hasRest ? [1 as const] : [])]) {
    helpers.push(
      `widen-${pixels}`,
      fused ? `${prefix}tile-${pixels}x2-${round}-${rule}` : `${prefix}dot-${pixels}x2-${round}`,
    );
    if (fills) helpers.push(`fill-${pixels}`);
  }
  const distance = groups > 1 ? groupOverlayDistance : tileOverlayDistance;
  return {
    functionName,
    template: 'kernels/dot-product/dsp',
    label: 'dsp',
    view: { ...view },
    tables: [
      wide ? int16WeightTable(weight, channels, 2 * words) : pairTable(weight, channels, 2 * words),
      ...(fused ? [channelTable(requantise.tables, saturating)] : evenTables(requantise.tables)),
    ],
    helpers,
    ...requantise.bounds,
    overlays: [distance(input.shape, node.type.shape, { stride, left }, tiled, 2)],
    scratchBytes: 4 * (words * (tiled > 0 ? 2 : 1) + 1) + (inPlace ? 0 : 4 * Math.ceil(depth / 4)),
    work: dspDotProductWork(view, windowTaps(geometry, input.shape, node.type.shape), node.type.shape.height),
  };
}

/** Inputs per round of the inner loop: as many as leave little to fill up. */
function roundOf(depth: number): Round {
  if (depth <= 4) return 4;
  return depth % 16 === 0 || depth % 16 > 8 ? 16 : 8;
}

/** Tables per channel, with one more value where the last channel has no partner. */
export function evenTables(tables: KernelPlan['tables']): KernelPlan['tables'] {
  return tables.map(table => {
    const values = Array.from(table.values);
    return values.length % 2 === 0 ? table : { ...table, values: [...values, 0] };
  });
}

/** Words of a pair of channels: two biases, and two of each column. */
const pairWords = ({ columns, plain }: Saturating): number => 2 * (1 + columns.length + (plain ? 0 : 1));

/** Biases and what requantises, pair by pair. */
function channelTable(tables: KernelPlan['tables'], { columns: taken, plain, factors }: Saturating): ConstantTable {
  const columns = plain ? taken : [...taken, factors.map(factor => 31 - Math.clz32(factor))];
  const bias = tableOf(tables, 'bias').values;
  const values = Array.from({ length: bias.length / 2 }, (_, pair) =>
    [bias, ...columns].flatMap(column => [column[2 * pair], column[2 * pair + 1]]),
  );
  return {
    suffix: 'channels',
    ctype: 'int32_t',
    values: values.flat(),
    perLine: values[0].length,
    layout: `per pair of output channels: both biases, the zero point of the input folded in, and both ${saturatingNames(taken)}${plain ? '' : ', and by how much accumulators are shifted left first'}`,
    kind: 'tables',
  };
}

import type { Node } from '../../ir/graph.js';
import type { Shape } from '../../ir/tensor.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { Helper, KernelInput, KernelOffer, Work } from '../kernel.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { finishHelpers, isFused, preShiftOf, requantiseTables } from '../requantise/mve.js';
import { type Im2rowView, im2rowView } from '../shared/im2row.js';
import {
  groupTable,
  groupWeights,
  largestPitch,
  type TileView,
  tileChannels,
  tileView,
  vector,
} from '../shared/mve-tile.js';
import { tileOverlayDistance } from '../shared/overlay.js';
import type { WindowGeometry } from '../shared/taps.js';
import { counted, requantisedKey, type WindowTaps, windowTaps } from '../shared/work.js';

/** What `kernels/dot-product/mve` reads. */
export interface MveDotProductView extends Im2rowView {
  readonly outputWidth: number;
  readonly channels: number;
  /** Channels in groups of 4; the last one is not whole where `partial`. */
  readonly groups: number;
  readonly partial: boolean;
  /** Output positions that are made two at a time, and whether there is one more. */
  readonly paired: number;
  readonly hasPairs: boolean;
  readonly hasSingle: boolean;
  readonly tile: TileView;
  /** The pixels are read where they are; otherwise their bytes are put one after the other first. */
  readonly direct: boolean;
  /** Bytes from the inputs of an output position to those of the next, if direct. */
  readonly step: number;
  /** A vector reaches over the end of a pixel's bytes: what is there has to be 0. */
  readonly hasTail: boolean;
  readonly tailOffset: number;
  readonly requantise: RequantiseView;
  /** Requantised where it is summed up. */
  readonly fused: boolean;
  /** The second pixel's output is near enough for an immediate offset. */
  readonly outputsNear: boolean;
  /** Bytes of a group in the table. */
  readonly groupBytes: number;
  /** Left shift of accumulators before they are multiplied; 0 almost always, and then left out. */
  readonly preShift: number;
  /** Added to requantised accumulators; and its low half. */
  readonly offset: number;
  readonly offsetHalf: number;
}

/**
 * A conv for MVE: tiles of two output positions by 4 output channels, 16 inputs to an instruction. Does not suit groups, nor
 * accumulators of thousands of inputs.
 */
export function mveDotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
): KernelOffer {
  const { weight } = node.constants;
  const channels = weight.shape[0];
  const requantise = requantisePlan(node, input);
  const fused = channels % tileChannels === 0 && isFused(requantise.view, node);
  const tile = tileView(weight.data.length / channels, fused);
  if (tile.pitch > largestPitch || channels > largestPitch) return { unsuited: 'its size' };
  const window = im2rowView(geometry, input, node.type);
  const { rowsMayMiss, columnsMayMiss, stride, left, columnBytes } = window;
  const mayMiss = rowsMayMiss || columnsMayMiss;
  const { width } = node.type.shape;
  const hasTail = tile.depth < tile.pitch;
  const direct = !mayMiss && !window.severalRows && !hasTail && stride * columnBytes === tile.pitch;
  const paired = width - (width % 2);
  const offset = node.constants.offset.data[0];
  const view: MveDotProductView = {
    outputWidth: width,
    channels,
    groups: Math.ceil(channels / tileChannels),
    partial: channels % tileChannels !== 0,
    paired,
    hasPairs: paired > 0,
    hasSingle: paired < width,
    tile,
    direct,
    step: stride * columnBytes,
    hasTail,
    tailOffset: tile.pitch - vector,
    ...window,
    requantise: requantise.view,
    preShift: preShiftOf(requantise.view),
    fused,
    outputsNear: channels < 128,
    groupBytes: groupWeights(tile) + tileChannels * 4 * (fused ? 2 : 1),
    offset,
    offsetHalf: offset & 0xffff,
  };
  const helpers: Helper[] = ['assembler', 'mve-word', 'mve-dot', ...requantise.helpers];
  helpers.push(...(fused ? (['saturating-native'] as const) : finishHelpers(requantise.view)));
  if (!direct) helpers.push('mve-copy');
  if (mayMiss || hasTail) helpers.push('mve-fill');
  return {
    functionName,
    template: 'kernels/dot-product/mve',
    label: 'mve',
    view: { ...view },
    tables: [groupTable(weight, tile, requantise.tables, fused), ...(fused ? [] : requantiseTables(requantise.tables))],
    helpers,
    ...requantise.bounds,
    overlays: [
      direct
        ? directOverlayDistance(input.shape, node.type.shape, stride, paired)
        : tileOverlayDistance(input.shape, node.type.shape, { stride, left }, paired, 2),
    ],
    ...(direct ? {} : { scratchBytes: (paired > 0 ? 2 : 1) * tile.pitch }),
    configuration: 'tiles',
    work: mveDotProductWork(view, windowTaps(geometry, input.shape, node.type.shape), node.type.shape.height),
  };
}

/** How far before its input row the output row must start, where the pixels of a tile are read until it is written. */
function directOverlayDistance(input: Shape, output: Shape, stride: number, paired: number): number {
  let distance = 0;
  for (let x = 0; x < output.width; x++) {
    const next = x < paired ? x - (x % 2) + 2 : x + 1;
    const needed = (x < paired ? x - (x % 2) : x) * stride * input.channels;
    distance = Math.max(distance, next * output.channels - needed);
  }
  return distance;
}

/** What `kernels/dot-product/mve` does for a layer of so many output rows. */
export function mveDotProductWork(view: MveDotProductView, taps: WindowTaps, height: number): Work {
  const { tile, groups, direct, fused, paired, outputWidth, requantise, outputsNear } = view;
  const { positions, rowsInside, rowsMissing, columnsMissing } = taps;
  const { looped, rounds, chunks, keeps } = tile;
  const perGroup = rounds * chunks.length;
  const kept = keeps ? chunks.filter(chunk => chunk.kept).length : 0;
  const rule = `${fused ? 'fused' : 'to memory'}${looped ? ', looped' : ''}`;
  const tiles = (pixels: string, count: number) => ({
    [`tiles of ${pixels}`]: count,
    [`groups of ${pixels}, ${rule}`]: count * groups,
    [`chunks of ${pixels}`]: count * groups * perGroup,
    [`kept chunks of ${pixels}`]: count * groups * kept,
    [`rounds of ${pixels}`]: looped ? count * groups * rounds : 0,
  });
  const edges = view.columnsMayMiss ? ' with edges' : '';
  return {
    family: 'dot-product/mve',
    counts: counted({
      positions: direct ? 0 : positions,
      [`rows gathered${edges}`]: direct ? 0 : rowsInside * outputWidth,
      'vectors gathered': direct ? 0 : rowsInside * outputWidth * Math.ceil(view.rowBytes / vector),
      'columns missing': direct ? 0 : rowsInside * columnsMissing,
      'rows missing': rowsMissing * outputWidth,
      'vectors filled': rowsMissing * outputWidth * Math.ceil(view.rowBytes / vector),
      tails: view.hasTail ? height : 0,
      ...tiles('2', (height * paired) / 2),
      ...tiles('1', height * (outputWidth - paired)),
      'far groups': outputsNear ? 0 : ((height * paired) / 2) * groups,
      [requantisedKey(requantise)]: fused ? 0 : positions * groups,
    }),
    // Some accumulators are shifted first, a vector a pixel.
    known: fused && view.preShift > 0 ? positions * groups : 0,
    unrolled: chunks.length,
  };
}

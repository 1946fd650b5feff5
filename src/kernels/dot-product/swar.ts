import type { Node } from '../../ir/graph.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import { dotSwar } from '../helpers.js';
import type { Helper, KernelInput, KernelOffer, KernelPlan, Work } from '../kernel.js';
import { sparseBlocks, subByteBlocks } from '../packing/blocks.js';
import { isSmaller } from '../packing/sparse.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { type Multiplication, requantiseManyPlan } from '../requantise/swar.js';
import { tileOverlayDistance } from '../shared/overlay.js';
import { padTable, type TapsView, tapsView, type WindowGeometry } from '../shared/taps.js';
import { counted, requantisedKey } from '../shared/work.js';
import { blockTable, runsOf, runTable } from './swar-runs.js';
import { type SubByteSwarView, subByteSwarPlan, wholeBytes } from './swar-sub-byte.js';

/** What `kernels/dot-product/swar` reads. */
export interface SwarDotProductView extends SubByteSwarView {
  readonly taps: TapsView;
  readonly channels: number;
  readonly outputWidth: number;
  readonly lastPosition: number;
  /** Output positions that are made at a time, the words of a tap that they take, and what a row has of them. */
  readonly pixels: number;
  readonly words: number;
  readonly severalTiles: boolean;
  /** The last tile has fewer positions. */
  readonly partial: boolean;
  /** Bytes of all packed pixels. */
  readonly pixelBytes: number;
  /** Output channels whose weights are side by side; from one block to the next. */
  readonly block: number;
  readonly lastOfBlock: number;
  readonly severalBlocks: boolean;
  readonly nextBlock: number;
  readonly requantise: RequantiseView;
  /** Requantised by the C function `many`, which takes its fields `how` and a row of the table of channels. */
  readonly fused: boolean;
  readonly many: string;
  readonly how: readonly number[];
  readonly wordsPerChannel: number;
}

/** A way to tile a row, and the C function `dot_lanes_<pixels>` for it. */
interface Tile {
  readonly pixels: 4 | 8;
  /** What a tap takes: the tile that is the cheaper one as a rule comes first. */
  readonly instructions: number;
  /** As helpers.ts says. */
  readonly longestRun: number;
  readonly tapBytes: number;
}

const tiles: readonly Tile[] = [
  { pixels: 8, instructions: 10, ...dotSwar[8] },
  { pixels: 4, instructions: 6, ...dotSwar[4] },
];

/** The packed pixels may have so many bytes: more costs more RAM than speed is worth on such a core. */
const mostScratch = 5120;

/** Zeros that fill up the last block of weights: so many bytes always, and this part of all weights. */
const fillBytes = 512;
const fillPart = 1 / 8;

/**
 * A conv for cores without SIMD: two output positions in one multiplication (see runs.ts), 4 or 8 positions for each weight
 * that is loaded. Does not suit groups, nor weights that cannot be split into runs.
 */
export function swarDotProductPlans(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
  multiplication: Multiplication,
): KernelOffer[] {
  const { width } = node.type.shape;
  const cost = (tile: Tile): number => Math.ceil(width / tile.pixels) * tile.instructions;
  return [...tiles]
    .sort((a, b) => cost(a) - cost(b))
    .flatMap(tile => swarDotProductPlan(node, input, functionName, geometry, multiplication, tile));
}

function swarDotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
  multiplication: Multiplication,
  tile: Tile,
): readonly KernelOffer[] {
  const { weight, bias } = node.constants;
  const channels = bias.data.length;
  const depth = weight.data.length / channels;
  const { height, width } = node.type.shape;
  const { pixels } = tile;
  const filled = (Math.ceil(channels / (2 * pixels)) * 2 * pixels - channels) * depth;
  if (2 * pixels * depth > mostScratch)
    return [{ unsuited: `${pixels} positions take more than ${mostScratch} bytes` }];
  if (filled > fillBytes && filled > fillPart * weight.data.length) {
    return [{ unsuited: `${filled} bytes would fill up blocks of ${2 * pixels} channels` }];
  }
  const runs: number[][] = [];
  for (let o = 0; o < channels; o++) {
    const ofChannel = runsOf(weight.data.subarray(o * depth, (o + 1) * depth), tile.longestRun);
    if (ofChannel === undefined) return [{ unsuited: 'weights cannot be split into runs' }];
    runs.push(ofChannel);
  }
  // After the pixels: the sums, and where there are not enough registers what the runs add up to.
  const mostRuns = runs.reduce((most, { length }) => Math.max(most, length), 0);
  const sumBytes = Math.max(4 * pixels, pixels === 8 ? 2 * pixels * mostRuns : 0);
  const block = 2 * pixels;
  const requantise = requantisePlan(node, input);
  const plain = requantiseManyPlan(node, input, requantise.view, channels, multiplication);
  const many = plain?.preShift === 0 ? plain : undefined;
  const taps = tapsView(geometry, input, node.type, false);
  const view: SwarDotProductView = {
    taps,
    channels,
    outputWidth: width,
    lastPosition: width - 1,
    pixels,
    words: pixels / 2,
    severalTiles: width > pixels,
    partial: width % pixels !== 0,
    pixelBytes: 2 * pixels * depth,
    block,
    lastOfBlock: block - 1,
    severalBlocks: channels > block,
    nextBlock: block * (depth - 1),
    requantise: requantise.view,
    fused: many !== undefined,
    many: many?.function ?? '',
    how: many?.how ?? [],
    wordsPerChannel: many?.wordsPerChannel ?? 0,
    ...wholeBytes,
  };
  const helpers: Helper[] = [
    'assembler',
    `pack-${pixels}`,
    `swar-dot-${pixels}`,
    ...requantise.helpers,
    ...(many?.helpers ?? []),
  ];
  const plan: KernelPlan = {
    functionName,
    template: 'kernels/dot-product/swar',
    label: 'lanes',
    view: { ...view },
    tables: [
      blockTable(weight, channels, block),
      runTable(runs, tile),
      ...padTable(taps, input),
      ...(many === undefined ? requantise.tables : [many.table]),
    ],
    helpers,
    ...requantise.bounds,
    overlays: [
      tileOverlayDistance(input.shape, node.type.shape, { stride: taps.stridePixels, left: taps.left }, width, pixels),
    ],
    scratchBytes: 2 * pixels * depth + sumBytes,
    configuration: `${pixels} positions`,
    work: workOf(
      view,
      height,
      runs.reduce((sum, { length }) => sum + length, 0),
      multiplication,
    ),
  };
  const narrow =
    weight.bits === undefined ? [] : [subByteSwarPlan(plan, view, subByteBlocks(weight.bits, false), height)];
  const sparse = subByteSwarPlan(plan, view, sparseBlocks(false), height);
  return [plan, ...narrow, ...(isSmaller(sparse, narrow.at(0) ?? plan) ? [sparse] : [])];
}

/** For a layer of so many output rows. @param runs of all channels */
function workOf(view: SwarDotProductView, height: number, runs: number, multiplication: Multiplication): Work {
  const { taps, pixels, channels, outputWidth, fused, many, requantise } = view;
  const tiles = height * Math.ceil(outputWidth / pixels);
  const packs = tiles * view.words * taps.count;
  const outputs = height * outputWidth * channels;
  const edges = taps.columnsMayMiss ? ' with edges' : '';
  return {
    family: `dot-product/${multiplication === 'short' ? 'thumb1' : 'mla'}, ${pixels} positions`,
    counts: counted({
      tiles,
      pairs: tiles * view.words,
      [`packs${edges}`]: packs,
      packed: packs * taps.length,
      channels: tiles * channels,
      taps: (tiles * channels * view.pixelBytes) / (2 * pixels),
      runs: tiles * runs,
      [fused ? `calls of ${many}` : requantisedKey(requantise)]: fused ? tiles * channels : outputs,
      [`outputs of ${many}`]: fused ? outputs : 0,
    }),
  };
}

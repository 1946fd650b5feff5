import type { Node } from '../../ir/graph.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import { rangesOf } from '../../ops/shared/accumulator.js';
import type { ConstantTable, KernelOffer, KernelVariant, Work } from '../kernel.js';
import { halves } from '../packing/pairs.js';
import { type Saturating, saturatingNames, saturatingOf } from '../requantise/dsp.js';
import { type RequantiseView, requantisePlan, type TermView, tableOf, termView } from '../requantise/generic.js';
import { overlayDistance } from '../shared/overlay.js';
import { counted, requantisedKey } from '../shared/work.js';
import { dspInt16DepthwisePlan } from './dsp-int16.js';
import { type DepthwiseWindowView, depthwiseWindow, tapOrder } from './window.js';

/** A tap of the window: the row that it is in, and bytes from the window's first tap in that row. */
interface TapView {
  readonly row: number;
  readonly offset: number;
  /** Where the assembler has the pointer into the row; and whether this is the last tap that it takes there. */
  readonly register: string;
  readonly last: boolean;
}

/** What `kernels/depthwise/dsp` reads. */
export interface DspDepthwiseView extends DepthwiseWindowView {
  /** Two taps to one SMLAD; the last one alone where their number is odd. */
  readonly tapPairs: readonly { readonly a: TapView; readonly b: TapView }[];
  readonly hasSingle: boolean;
  readonly single: TapView;
  /** Requantised by `saturating`. */
  readonly plain: boolean;
  readonly assembler: boolean;
  /** The third row comes on the stack. */
  readonly fifthArgument: boolean;
  /** Added to requantised accumulators; and its bitwise complement. */
  readonly offset: number;
  readonly offsetTerm: TermView;
  readonly offsetInverse: number;
  readonly requantise: RequantiseView;
  /** Which arguments `saturating` takes besides the accumulator. */
  readonly takesOffset: boolean;
  readonly takesShift: boolean;
  readonly halvesAway: boolean;
  /** Not in all channels: where a shift comes last. */
  readonly halvesMasked: boolean;
  /** Words after the weights. */
  readonly tail: number;
}

/** Where the rows of the window are in the assembler, as many as there is room for. */
const rowRegisters = ['r2', 'r3', 'r12'];

/** A weight times this is an int16 still. */
const mostFactor = 2 ** 8;

/** Taps are written out one by one: up to so many. */
const mostTaps = 25;

/** For the DSP extension: 4 channels at a time, two taps in a multiplication. */
export const dspDepthwiseConv: KernelVariant = {
  name: 'dsp',
  int16: true,
  plan(plain, [input]): KernelOffer {
    const node = plain as Node<DepthwiseConvAttributes>;
    const { kernel, multiplier, stride, padding } = node.attributes;
    const [kernelRows, kernelColumns] = kernel;
    const { channels } = input.shape;
    const taps = kernelRows * kernelColumns;
    if (multiplier > 1) return { unsuited: 'a multiplier' };
    if (input.dtype === 'i16') return dspInt16DepthwisePlan(node, input);
    if (channels % 4 !== 0) return { unsuited: 'channels are no multiple of 4' };
    if (!input.aligned) return { unsuited: 'rows of the caller are not aligned' };
    if (taps > mostTaps) return { unsuited: `more than ${mostTaps} taps` };
    const requantise = requantisePlan(node, input);
    const { rounding } = requantise;
    const window = depthwiseWindow(node, input);
    const { hasEdges, rowsMayMiss, windowBytes, zeroPoint } = window;
    const order = tapOrder(taps, kernelColumns);
    const tapAt = (i: number): TapView => {
      const [row, column] = [Math.floor(order[i] / kernelColumns), order[i] % kernelColumns];
      return { row, offset: column * channels, register: rowRegisters[row] ?? '', last: column === 0 };
    };
    const ranges = rangesOf(node);
    const given = saturatingOf(node, requantise, ranges);
    const saturating = given?.factors.every(factor => factor <= mostFactor) ? given : undefined;
    const offset = saturating?.offset ?? 0;
    const view: DspDepthwiseView = {
      ...window,
      tapPairs: Array.from({ length: Math.floor(taps / 2) }, (_, i) => ({ a: tapAt(2 * i), b: tapAt(2 * i + 1) })),
      hasSingle: taps % 2 === 1,
      single: tapAt(taps - 1),
      plain: saturating !== undefined,
      ...argumentsView(saturating, requantise.view),
      assembler: saturating !== undefined && kernelRows <= rowRegisters.length && (kernelColumns - 1) * channels < 4096,
      fifthArgument: kernelRows === 3,
      offset,
      offsetTerm: termView(offset),
      offsetInverse: -offset - 1,
      requantise: requantise.view,
    };
    return {
      functionName: `dwconv_${kernelRows}x${kernelColumns}`,
      template: 'kernels/depthwise/dsp',
      label: 'dsp',
      view: { ...view },
      tables: [
        fourTable(node, requantise.tables, order, saturating),
        ...(rowsMayMiss ? [paddingTable(zeroPoint, windowBytes)] : []),
        ...(saturating !== undefined ? [] : requantise.tables.filter(({ suffix }) => suffix !== 'bias')),
      ],
      helpers: [
        ...(view.assembler ? (['assembler'] as const) : []),
        'dsp-halves',
        'multiply',
        ...(saturating !== undefined ? [`saturating-${rounding}` as const] : requantise.helpers),
      ],
      ...requantise.bounds,
      overlays: [overlayDistance(input.shape, node.type.shape, { stride: stride[1], left: padding[2] }, 'channel')],
      ...(hasEdges ? { scratchBytes: kernelRows * windowBytes } : {}),
      work: workOf(view, taps, node.type.shape.height),
    };
  },
};

/** For a layer of so many output rows. */
function workOf(view: DspDepthwiseView, taps: number, height: number): Work {
  const { channels, plain, assembler, requantise, insidePositions } = view;
  const edges = height * (view.leftEdges.length + view.rightEdges.length);
  const positions = height * insidePositions + edges;
  const fours = (positions * channels) / 4;
  const rule = requantise.native ? 'native' : requantise.tflite ? 'tflite' : 'tflite-single';
  return {
    family: `depthwise/dsp${assembler ? '' : ', in C'}`,
    counts: counted({
      positions,
      'rows of positions': height * insidePositions * view.kernelRows,
      edges,
      'rows at edges': edges * view.kernelRows,
      'bytes at edges': edges * view.kernelRows * view.windowBytes,
      [plain ? `fours, ${rule}` : 'fours']: fours,
      'pairs of taps': fours * Math.floor(taps / 2),
      'single taps': fours * (taps % 2),
      [requantisedKey(requantise)]: plain ? 0 : 4 * fours,
    }),
    // One to mask each correction.
    known: view.halvesMasked && assembler ? 4 * fours : 0,
    unrolled: taps,
  };
}

/**
 * For each 4 channels what is needed for them, in the order in which it is: the biases; for each pair of taps a word per
 * channel, with the first tap's weight in the low half; for a tap that is left over, the channels 0 and 2 in one word and
 * 1 and 3 in the next; then, where they are requantised in one go, what each channel takes for it and whether there is more to come.
 * The factors of the accumulators are folded into biases and weights.
 */
function fourTable(
  { attributes: { kernel }, constants: { weight } }: Node<DepthwiseConvAttributes>,
  tables: readonly ConstantTable[],
  order: readonly number[],
  saturating: Saturating | undefined,
): ConstantTable {
  const taps = order.length;
  const channels = weight.data.length / taps;
  const bias = tableOf(tables, 'bias').values;
  const lines = Array.from({ length: channels / 4 }, (_, four) => {
    const first = 4 * four;
    const scale = (c: number): number => saturating?.factors[first + c] ?? 1;
    const at = (c: number, tap: number): number => scale(c) * weight.data[(first + c) * taps + order[tap]];
    const line = [0, 1, 2, 3].map(c => scale(c) * bias[first + c]);
    for (let t = 0; t + 1 < taps; t += 2) for (let c = 0; c < 4; c++) line.push(halves(at(c, t), at(c, t + 1)));
    if (taps % 2 === 1) line.push(halves(at(0, taps - 1), at(2, taps - 1)), halves(at(1, taps - 1), at(3, taps - 1)));
    if (saturating !== undefined) {
      for (let c = 0; c < 4; c++) line.push(...saturating.columns.map(column => column[first + c]));
      line.push(first + 4 < channels ? 1 : 0);
    }
    return line;
  });
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values: lines.flat(),
    perLine: lines[0].length,
    layout: `${kernel.join('x')}x${channels}, a line per 4 channels: biases, weights as int16 by pairs of taps${saturating === undefined ? '' : `, ${saturating.columns.length > 1 ? 'by channel ' : ''}${saturatingNames(saturating.columns)}, more to come`}`,
    kind: 'weights',
    packed: true,
  };
}

function argumentsView(
  saturating: Saturating | undefined,
  { tflite }: RequantiseView,
): Pick<DspDepthwiseView, 'takesOffset' | 'takesShift' | 'halvesAway' | 'halvesMasked' | 'tail'> {
  const columns = saturating?.columns.length ?? 0;
  return {
    takesOffset: columns === 1,
    takesShift: columns === 3,
    halvesAway: tflite,
    halvesMasked: saturating?.columns[2]?.some(shift => shift === 0) ?? false,
    tail: 4 * columns + 1,
  };
}

/** What the taps in a missing row read. */
function paddingTable(zeroPoint: number, bytes: number): ConstantTable {
  const word = (zeroPoint & 0xff) * 0x01010101;
  return {
    suffix: 'padding',
    ctype: 'uint32_t',
    values: new Uint32Array(bytes / 4).fill(word),
    perLine: 8,
    layout: 'what taps in a row outside the input read',
    kind: 'tables',
    packed: true,
  };
}

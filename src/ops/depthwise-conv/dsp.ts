import type { Node } from '../../ir/graph.js';
import type { ConstantTable, KernelPlan, KernelVariant } from '../kernel.js';
import { isPlain, type RequantiseView, requantisePlan } from '../shared/requantise-kernel.js';
import { tapsView } from '../shared/taps.js';
import { overlayDistance } from '../shared/window.js';
import type { DepthwiseConvAttributes } from './index.js';

/** A tap of the window: the row that it is in, and bytes from the window's first tap in that row. */
interface TapView {
  readonly row: number;
  readonly offset: number;
}

interface WindowRowView {
  readonly index: number;
  /** There may be no such row: then taps come from a table of zero points, which does not advance. */
  readonly mayMiss: boolean;
  /** Bytes from the beginning of the row to the first window that lies inside, and from a window to the next. */
  readonly skip: number;
  readonly step: number;
  /** Where the row is in a window that was copied. */
  readonly windowOffset: number;
}

/** What `kernels/depthwise-conv/dsp` reads. */
export interface DspDepthwiseView {
  readonly channels: number;
  readonly rows: readonly WindowRowView[];
  readonly kernelRows: number;
  readonly kernelColumns: number;
  /** Two taps to one SMLAD; the last one alone where their number is odd. */
  readonly tapPairs: readonly { readonly a: TapView; readonly b: TapView }[];
  readonly hasSingle: boolean;
  readonly single: TapView;
  /** Output positions whose windows reach over an edge, and those between; `column` is where the window starts. */
  readonly hasEdges: boolean;
  readonly leftEdges: readonly { readonly column: number }[];
  readonly rightEdges: readonly { readonly column: number }[];
  readonly insidePositions: number;
  readonly lastColumn: number;
  /** Bytes of one row of a window. */
  readonly windowBytes: number;
  readonly zeroPoint: number;
  /** Requantised by `requantise_to_int8`. */
  readonly plain: boolean;
  readonly offset: number;
  readonly requantise: RequantiseView;
}

/** Taps are written out one by one: up to so many. */
const mostTaps = 25;

/** For the DSP extension: 4 channels at a time, two taps in a multiplication. */
export const dspDepthwiseConv: KernelVariant = {
  name: 'dsp',
  needs: ['dsp'],
  plan(plain, [input]): KernelPlan | undefined {
    const node = plain as Node<DepthwiseConvAttributes>;
    const { kernel, multiplier, stride, padding } = node.attributes;
    const { weight } = node.constants;
    const [kernelRows, kernelColumns] = kernel;
    const { channels, width } = input.shape;
    const taps = kernelRows * kernelColumns;
    if (multiplier > 1 || channels % 4 !== 0 || !input.aligned || taps > mostTaps) return undefined;
    const requantise = requantisePlan(node, input);
    const { rowsMayMiss, left } = tapsView(node.attributes, input, node.type, true);
    const positions = Array.from({ length: node.type.shape.width }, (_, x) => ({ column: x * stride[1] - padding[2] }));
    const lastColumn = width - kernelColumns;
    const leftEdges = positions.filter(({ column }) => column < 0);
    const rightEdges = positions.filter(({ column }) => column >= 0 && column > lastColumn);
    const hasEdges = leftEdges.length + rightEdges.length > 0;
    const zeroPoint = input.quantisation?.zeroPoint ?? 0;
    const windowBytes = kernelColumns * channels;
    const tapAt = (t: number): TapView => ({
      row: Math.floor(t / kernelColumns),
      offset: (t % kernelColumns) * channels,
    });
    const isPlainView = isPlain(requantise.view);
    const view: DspDepthwiseView = {
      channels,
      rows: Array.from({ length: kernelRows }, (_, index) => ({
        index,
        mayMiss: rowsMayMiss,
        skip: (positions[leftEdges.length]?.column ?? 0) * channels,
        step: stride[1] * channels,
        windowOffset: index * windowBytes,
      })),
      kernelRows,
      kernelColumns,
      tapPairs: Array.from({ length: Math.floor(taps / 2) }, (_, i) => ({ a: tapAt(2 * i), b: tapAt(2 * i + 1) })),
      hasSingle: taps % 2 === 1,
      single: tapAt(taps - 1),
      hasEdges,
      leftEdges,
      rightEdges,
      insidePositions: positions.length - leftEdges.length - rightEdges.length,
      lastColumn,
      windowBytes,
      zeroPoint,
      plain: isPlainView,
      offset: node.constants.offset.data[0],
      requantise: requantise.view,
    };
    return {
      slug: `dwconv_${kernelRows}x${kernelColumns}`,
      template: 'kernels/depthwise-conv/dsp',
      view: { ...view },
      tables: [
        tapTable(weight.data, channels, taps, `${kernelRows}x${kernelColumns}x${channels}`),
        ...(rowsMayMiss ? [paddingTable(zeroPoint, windowBytes)] : []),
        ...requantise.tables,
      ],
      helpers: ['lanes', 'multiply', ...requantise.helpers, ...(isPlainView ? (['requantise-to-int8'] as const) : [])],
      ...requantise.bounds,
      overlays: [overlayDistance(input.shape, node.type.shape, { stride: stride[1], left }, 'channel')],
      ...(hasEdges ? { scratchBytes: kernelRows * windowBytes } : {}),
    };
  },
};

/**
 * For each 4 channels: for each pair of taps a word per channel, with the first tap's weight in the low half; then, for a
 * tap that is left over, the channels 0 and 2 in one word and 1 and 3 in the next.
 */
function tapTable(weights: ArrayLike<number>, channels: number, taps: number, shape: string): ConstantTable {
  const values: number[] = [];
  const halves = (low: number, high: number): number => (low & 0xffff) + (high & 0xffff) * 2 ** 16;
  for (let o = 0; o < channels; o += 4) {
    const at = (channel: number, tap: number): number => weights[(o + channel) * taps + tap];
    for (let t = 0; t + 1 < taps; t += 2) for (let c = 0; c < 4; c++) values.push(halves(at(c, t), at(c, t + 1)));
    if (taps % 2 === 1) values.push(halves(at(0, taps - 1), at(2, taps - 1)), halves(at(1, taps - 1), at(3, taps - 1)));
  }
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values,
    perLine: (4 * values.length) / channels,
    layout: `HWO ${shape} as int16, a line per 4 channels: pairs of taps, then a single one`,
    kind: 'weights',
    packed: true,
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

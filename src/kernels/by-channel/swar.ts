import type { Node } from '../../ir/graph.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { KernelInput, KernelOffer, Work } from '../kernel.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { type Multiplication, requantiseManyPlan } from '../requantise/swar.js';
import { tapsView, type WindowGeometry } from '../shared/taps.js';
import { counted, type WindowTaps, windowTaps } from '../shared/work.js';

/** A tap in the assembler. */
interface TapView {
  readonly index: number;
  readonly first: boolean;
  /** There is no register for its pointer: then that is on the stack. */
  readonly spilled: boolean;
  readonly pointer: string;
  readonly weight: string;
  /** What its value and product are in. */
  readonly into: string;
  /** Offsets from the stack pointer, and in the list of taps. */
  readonly weightSlot: number;
  readonly pointerSlot: number;
  readonly argument: number;
}

/** What `kernels/by-channel/swar` reads. */
export interface ByChannelView {
  readonly thumb1: boolean;
  /** Each output channel reads its own input channel, instead of all. */
  readonly ofChannel: boolean;
  readonly channels: number;
  readonly outputWidth: number;
  readonly kernelRows: number;
  readonly tapsPerRow: number;
  readonly tapCount: number;
  readonly taps: readonly TapView[];
  readonly frameBytes: number;
  /** Bytes from an output's taps to those of the next; of all outputs; an immediate operand does not hold it. */
  readonly step: number;
  readonly end: number;
  readonly longStep: boolean;
  /** The loop over a row is longer than `bne` reaches on Armv6-M. */
  readonly far: boolean;
  /** Outputs are not as far apart as their taps. */
  readonly unequal: boolean;
  /** Rows are copied, with zero points left and right of them. */
  readonly copies: boolean;
  readonly rowsMayMiss: boolean;
  readonly hasScratch: boolean;
  readonly rowBytes: number;
  readonly leftBytes: number;
  readonly insideBytes: number;
  /** The same in words of 4 bytes; 0 where it is not aligned to them. */
  readonly insideWords: number;
  readonly rightFrom: number;
  readonly rightBytes: number;
  readonly zeroPoint: number;
  readonly requantise: RequantiseView;
  readonly wordsPerChannel: number;
  readonly lowBits: number;
  readonly lowMask: number;
  readonly shift: number;
  readonly add: number;
  readonly ownLowest: boolean;
  readonly offset: number;
  /** Left shift of accumulators, and as a factor. */
  readonly preShift: number;
  readonly preFactor: number;
}

/** Registers for pointers to taps and, with Thumb-2, for weights. */
const pointers = ['r0', 'r1', 'r2'];
const weightRegisters = ['r11', 'r12', 'lr'];

/** Taps are written out one by one: up to so many, which the offsets of `ldrb` reach. */
const mostTaps = 25;

/** With so many, the loop over a row has less than 256 bytes: 70 and 10 for each tap. */
const mostNearTaps = 18;

/** An immediate operand holds them on Armv7-M. */
const mostChannels = 4095;

/** Bytes of copied rows: more costs more RAM than speed is worth. */
const mostScratch = 5120;

/** Words of the assembler's frame before those of the taps. */
const fixedWords = 5;

/** Where the taps of an output are, for {@link byChannelPlan}. */
export interface TapGeometry extends WindowGeometry {
  /** Each output channel reads its own input channel, instead of all. */
  readonly ofChannel: boolean;
}

/**
 * A conv of few taps, channel by channel along the row: weights and factor of a channel are loaded once for a row.
 * Does not suit many taps, nor every requantisation.
 */
export function byChannelPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: TapGeometry,
  multiplication: Multiplication,
): KernelOffer {
  const { weight, bias } = node.constants;
  const { ofChannel, kernel, stride } = geometry;
  const channels = bias.data.length;
  const { channels: inputChannels, width } = input.shape;
  const { width: outputWidth } = node.type.shape;
  const tapCount = weight.data.length / channels;
  if (tapCount > mostTaps) return { unsuited: `more than ${mostTaps} taps` };
  if (channels > mostChannels) return { unsuited: `more than ${mostChannels} channels` };
  const requantise = requantisePlan(node, input);
  const many = requantiseManyPlan(node, input, requantise.view, channels, multiplication);
  if (many === undefined) return { unsuited: 'the requantisation' };
  const { rowsMayMiss, columnsMayMiss, left } = tapsView(geometry, input, node.type, true);
  const columns = columnsMayMiss ? (outputWidth - 1) * stride[1] + kernel[1] : width;
  const inside = Math.min(width, columns - left);
  const rowBytes = columns * inputChannels;
  const scratchBytes = columnsMayMiss ? kernel[0] * rowBytes : rowsMayMiss ? rowBytes : 0;
  if (scratchBytes > mostScratch) return { unsuited: `more than ${mostScratch} bytes of scratch` };
  const inWords = input.aligned && [rowBytes, left * inputChannels, inside * inputChannels].every(b => b % 4 === 0);
  const step = stride[1] * inputChannels;
  const words = fixedWords + (tapCount > pointers.length ? 2 : 1) * tapCount;
  const view: ByChannelView = {
    thumb1: many.form !== undefined,
    ofChannel,
    channels,
    outputWidth,
    kernelRows: kernel[0],
    tapsPerRow: tapCount / kernel[0],
    tapCount,
    taps: Array.from({ length: tapCount }, (_, index) => ({
      index,
      first: index === 0,
      spilled: index >= pointers.length,
      pointer: pointers[index] ?? 'r5',
      weight: weightRegisters[index] ?? '',
      into: index === 0 ? 'r4' : 'r5',
      weightSlot: 4 * (fixedWords + index),
      pointerSlot: 4 * (fixedWords + tapCount + index),
      argument: 4 * index,
    })),
    frameBytes: 4 * words,
    step,
    end: outputWidth * step,
    longStep: step > 255,
    far: tapCount > mostNearTaps,
    unequal: step !== channels,
    copies: columnsMayMiss,
    rowsMayMiss,
    hasScratch: scratchBytes > 0,
    rowBytes,
    leftBytes: columnsMayMiss ? left * inputChannels : 0,
    insideBytes: inside * inputChannels,
    insideWords: inWords ? (inside * inputChannels) / 4 : 0,
    rightFrom: (left + inside) * inputChannels,
    rightBytes: (columns - left - inside) * inputChannels,
    zeroPoint: input.quantisation?.zeroPoint ?? 0,
    requantise: requantise.view,
    wordsPerChannel: many.wordsPerChannel,
    lowBits: many.form?.lowBits ?? 0,
    lowMask: 2 ** (many.form?.lowBits ?? 0) - 1,
    shift: many.form?.shift ?? 0,
    add: many.form?.add ?? 0,
    ownLowest: many.ownLowest,
    offset: node.constants.offset.data[0],
    preShift: many.preShift,
    preFactor: 2 ** many.preShift,
  };
  return {
    functionName,
    template: 'kernels/by-channel/swar',
    label: 'row',
    view: { ...view },
    tables: [
      {
        suffix: 'weights',
        ctype: 'int8_t',
        values: weight.data,
        perLine: tapCount,
        layout: `OHWI ${weight.shape.join('x')}, a line per channel`,
        kind: 'weights',
      },
      many.table,
    ],
    helpers: ['assembler', ...requantise.helpers, ...(columnsMayMiss && inWords ? (['copy-words'] as const) : [])],
    copies: scratchBytes > 0,
    ...requantise.bounds,
    // A copied row is free before anything is written; otherwise the first channel is written before others are read.
    overlays: [columnsMayMiss ? 0 : undefined],
    ...(scratchBytes > 0 ? { scratchBytes } : {}),
    configuration: 'by channel',
    work: workOf(view, windowTaps(geometry, input.shape, node.type.shape), node.type.shape.height),
  };
}

/** For a layer of so many output rows. */
function workOf(view: ByChannelView, window: WindowTaps, height: number): Work {
  const { thumb1, channels, outputWidth, tapCount, kernelRows, copies } = view;
  const outputs = height * channels * outputWidth;
  const spilled = Math.max(0, tapCount - pointers.length);
  const between = thumb1 && view.ownLowest ? ', own lowest' : '';
  const longer = (view.unequal ? 1 : 0) + (view.longStep ? 1 : 0) + (view.preShift > 0 && !thumb1 ? 1 : 0);
  const edges = view.leftBytes + view.rightBytes;
  return {
    family: `by-channel/${thumb1 ? 'thumb1' : 'mla'}`,
    counts: counted({
      'taps of rows': height * tapCount,
      [view.insideWords > 0 ? 'rows copied by words' : 'rows copied']: copies ? window.rowsInside : 0,
      'words copied': copies ? window.rowsInside * view.insideWords : 0,
      'bytes copied': copies && view.insideWords === 0 ? window.rowsInside * view.insideBytes : 0,
      'edges filled': copies ? window.rowsInside * ((view.leftBytes > 0 ? 1 : 0) + (view.rightBytes > 0 ? 1 : 0)) : 0,
      'bytes filled': (copies ? window.rowsInside * edges : 0) + window.rowsMissing * view.rowBytes,
      'rows missing': window.rowsMissing,
      rows: height * kernelRows,
      [`channels${between}`]: height * channels,
      'taps of channels': height * channels * (tapCount - spilled),
      'spilled taps of channels': height * channels * spilled,
      [`outputs${between}`]: outputs,
      'longer steps': outputs * longer,
      'far steps': thumb1 && view.far ? outputs : 0,
      taps: outputs * (tapCount - spilled),
      'spilled taps': outputs * spilled,
    }),
    unrolled: tapCount,
  };
}

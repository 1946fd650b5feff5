import type { Node } from '../../ir/graph.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { type Multiplication, requantiseManyPlan } from '../shared/lanes/requantise.js';
import { type RequantiseView, requantisePlan } from '../shared/requantise-kernel.js';
import { tapsView } from '../shared/taps.js';
import type { DepthwiseConvAttributes } from './index.js';

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

/** What `kernels/depthwise-conv/by-channel` reads. */
export interface ByChannelView {
  readonly thumb1: boolean;
  readonly channels: number;
  readonly outputWidth: number;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly tapCount: number;
  readonly taps: readonly TapView[];
  readonly frameBytes: number;
  /** Bytes from an output's taps to those of the next; of all outputs; an immediate operand does not hold it. */
  readonly step: number;
  readonly end: number;
  readonly longStep: boolean;
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
}

/** Registers for pointers to taps and, with Thumb-2, for weights. */
const pointers = ['r0', 'r1', 'r2'];
const weightRegisters = ['r11', 'r12', 'lr'];

/** Taps are written out one by one: up to so many, which the offsets of `ldrb` reach. */
const mostTaps = 25;

const mostScratch = 5120;

/** Words of the assembler's frame in front of those of the taps. */
const fixedWords = 5;

/** Channel by channel along the row: weights and factors are loaded once for a row. */
function byChannel(name: string, needs: KernelVariant['needs'], multiplication: Multiplication): KernelVariant {
  return {
    name,
    needs,
    plan(plain, [input]): KernelPlan | undefined {
      const node = plain as Node<DepthwiseConvAttributes>;
      const { kernel, multiplier, stride } = node.attributes;
      const { weight } = node.constants;
      const [kernelRows, kernelColumns] = kernel;
      const { channels, width } = input.shape;
      const { width: outputWidth } = node.type.shape;
      const tapCount = kernelRows * kernelColumns;
      if (multiplier > 1 || tapCount > mostTaps) return undefined;
      const requantise = requantisePlan(node, input);
      const many = requantiseManyPlan(node, input, requantise.view, channels, multiplication);
      if (many === undefined) return undefined;
      const { rowsMayMiss, columnsMayMiss, left } = tapsView(node.attributes, input, node.type, true);
      const columns = columnsMayMiss ? (outputWidth - 1) * stride[1] + kernelColumns : width;
      const inside = Math.min(width, columns - left);
      const rowBytes = columns * channels;
      const scratchBytes = columnsMayMiss ? kernelRows * rowBytes : rowsMayMiss ? rowBytes : 0;
      if (scratchBytes > mostScratch) return undefined;
      const inWords = input.aligned && [rowBytes, left * channels, inside * channels].every(bytes => bytes % 4 === 0);
      const thumb1 = many.form !== undefined;
      const spilled = tapCount > pointers.length;
      const words = fixedWords + 2 * tapCount;
      const step = stride[1] * channels;
      const view: ByChannelView = {
        thumb1,
        channels,
        outputWidth,
        kernelRows,
        kernelColumns,
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
        frameBytes: 4 * (spilled ? words : words - tapCount),
        step,
        end: outputWidth * step,
        longStep: step > 255,
        unequal: stride[1] > 1,
        copies: columnsMayMiss,
        rowsMayMiss,
        hasScratch: scratchBytes > 0,
        rowBytes,
        leftBytes: columnsMayMiss ? left * channels : 0,
        insideBytes: inside * channels,
        insideWords: inWords ? (inside * channels) / 4 : 0,
        rightFrom: (left + inside) * channels,
        rightBytes: (columns - left - inside) * channels,
        zeroPoint: input.quantisation?.zeroPoint ?? 0,
        requantise: requantise.view,
        wordsPerChannel: many.wordsPerChannel,
        lowBits: many.form?.lowBits ?? 0,
        lowMask: 2 ** (many.form?.lowBits ?? 0) - 1,
        shift: many.form?.shift ?? 0,
        add: many.form?.add ?? 0,
        ownLowest: many.ownLowest,
        offset: node.constants.offset.data[0],
      };
      return {
        slug: `dwconv_${kernelRows}x${kernelColumns}`,
        template: 'kernels/depthwise-conv/by-channel',
        view: { ...view },
        tables: [
          {
            suffix: 'weights',
            ctype: 'int8_t',
            values: weight.data,
            perLine: tapCount,
            layout: `OHW ${channels}x${kernelRows}x${kernelColumns}, a line per channel`,
            kind: 'weights',
          },
          many.table,
        ],
        helpers: [...requantise.helpers, ...(scratchBytes > 0 ? (['copy-words'] as const) : [])],
        ...requantise.bounds,
        // A copied row is free before anything is written; otherwise the first channel is written before others are read.
        overlays: [columnsMayMiss ? 0 : undefined],
        ...(scratchBytes > 0 ? { scratchBytes } : {}),
      };
    },
  };
}

export const mlaDepthwiseConv = byChannel('mla', ['thumb2'], 'long');
export const thumb1DepthwiseConv = byChannel('thumb1', ['thumb1'], 'short');

import type { Node } from '../ir/graph.js';
import type { SubByteBits, TensorType } from '../ir/tensor.js';
import type { Helper } from './helpers.js';

export type { Helper } from './helpers.js';

/** A constant table of the generated C. */
export interface ConstantTable {
  /** Last part of its name: `weights`, `bias`, `multipliers`. */
  readonly suffix: string;
  readonly ctype: Exclude<ElementType, 'uint16_t'>;
  readonly values: ArrayLike<number>;
  /** Values per line, so that a line is an output channel or a tap. */
  readonly perLine: number;
  /** What a line is and how it is ordered, for the comment above the table. */
  readonly layout: string;
  /** `weights` are the model's int8 parameters; everything else counts as `tables`. */
  readonly kind: 'weights' | 'tables';
  /** Words of packed values are printed in hexadecimal. */
  readonly packed?: boolean;
  /** Weights of so many bits, packed; 8 and more when left out. */
  readonly narrow?: SubByteBits;
  /** Weights without their zeros, as `packSparse` makes them. */
  readonly sparse?: true;
}

/** Bytes of the types that tables are made of, those of the driver included. */
export const elementBytes = {
  int8_t: 1,
  uint8_t: 1,
  int16_t: 2,
  uint16_t: 2,
  int32_t: 4,
  uint32_t: 4,
  int64_t: 8,
} as const;

/** C types of the elements of tables and tensors. */
export type ElementType = keyof typeof elementBytes;

/** The C type of an activation. */
export function elementType({ dtype }: TensorType): 'int8_t' | 'int16_t' | 'int32_t' {
  return dtype === 'i32' ? 'int32_t' : dtype === 'i16' ? 'int16_t' : 'int8_t';
}

/** Bytes of tables in flash; with `kind` of those alone. */
export function constantBytes(tables: readonly ConstantTable[], kind?: ConstantTable['kind']): number {
  return tables
    .filter(table => kind === undefined || table.kind === kind)
    .reduce((sum, { values, ctype }) => sum + values.length * elementBytes[ctype], 0);
}

/**
 * A kernel chosen and sized for one layer. All decisions are in here; the template only prints them.
 *
 * The function makes one output row: `void NAME(T *out, const U *const *rows)`, where `rows` has one pointer for
 * each row of each input's window, null where the window reaches over the edge. The templates of variants that take int16 get the
 * types as `out` and `in`; everywhere else U is int8_t.
 *
 * Or it takes the rows of its one input one by one, and keeps int32 sums between them:
 * `void NAME(T *out, int32_t *sums, const U *row, int32_t y)`. With row 0 it begins, with the last one it writes the
 * one output row.
 */
export interface KernelPlan {
  /** What the layer's C function is called after its number: `dwconv_1x3`. */
  readonly functionName: string;
  /** Template below `templates/`, as in `kernels/dot-product/generic`. */
  readonly template: string;
  /** What the C and reports call the kernel: `generic`, `dsp`, `accumulate`. */
  readonly label: string;
  /** Fields that the template reads, besides the names that the emitter adds. */
  readonly view: Readonly<Record<string, unknown>>;
  readonly tables: readonly ConstantTable[];
  /** Shared helper functions that the kernel calls, and those that they call. */
  readonly helpers: readonly Helper[];
  /** It takes memcpy or memset from string.h, besides what its helpers take. */
  readonly copies?: boolean;
  /**
   * Per input: where the output row may lie over a row of it that nobody needs afterwards. Its first byte must be at least
   * so many bytes (in what a variant offers: elements) before that row's first byte; absent where it may not. It follows from the order in which the kernel
   * reads and writes: whatever it has still to read must lie after what it has written.
   */
  readonly overlays?: readonly (number | undefined)[];
  /** Bytes of the sums; present exactly where the kernel takes its input row by row. */
  readonly sumsBytes?: number;
  /** Bytes of RAM that each call needs besides its rows, aligned to words. */
  readonly scratchBytes?: number;
  /** Worst-case |accumulator| over all inputs, where the kernel has one. */
  readonly accumulatorBound?: number;
  /** Where the rounding rule shifts accumulators left before it multiplies. */
  readonly shiftedAccumulator?: ShiftedAccumulator;
  /** Which of several plans of its variant this is, in a few words: `2x2`, `by channel`. */
  readonly configuration?: string;
  /** Its weights take more flash than they have to: only for those who want speed. */
  readonly forSpeed?: true;
  /** What it does, for the cost model; without it the order of the variants decides. */
  readonly work?: Work;
}

/**
 * How often a kernel does each of the things that take its time, over an inference. Things are named as the C has them
 * (`macs`, `pairs`); what one of them takes is measured, per core and family: see docs/cost-model.md.
 */
export interface Work {
  /** Kernels that are the same code but for their sizes. */
  readonly family: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Instructions besides, which are known without measuring since they are written in assembler. */
  readonly known?: number;
  /** What is written out one by one, and makes the code longer. */
  readonly unrolled?: number;
}

/** Why a variant has no plan for a layer, in a few words that go on "does not suit: ...". */
export interface Unsuited {
  readonly unsuited: string;
}

/** What a variant has for a layer: a plan, several, or why it has none. */
export type KernelOffer = KernelPlan | Unsuited;

export interface ShiftedAccumulator {
  /** Bits of the shift. */
  readonly shift: number;
  /** Worst-case |accumulator| after the shift. */
  readonly bound: number;
  /** Whose factor forces the shift, and that factor. */
  readonly channel: number;
  readonly factor: number;
}

/** A tensor as a kernel reads it. */
export interface KernelInput extends TensorType {
  /** Every row begins at a multiple of 4 bytes; not so for rows of the caller. */
  readonly aligned: boolean;
}

/** What matters most: `balanced` is fast with int8 weights; `speed` may double the flash of weights. */
export type Goal = 'balanced' | 'speed' | 'size' | 'ram';

export interface KernelVariant {
  /** `generic`, `mla`, `dsp`, `mve`, ... */
  readonly name: string;
  /** Takes int16 activations as well. */
  readonly int16?: true;
  /** Where there are several plans, the one that is fastest as a rule comes first. */
  plan(node: Node, inputs: readonly KernelInput[]): KernelOffer | readonly KernelOffer[];
}

/** What a variant has for a layer, as a list. */
export function offersOf(variant: KernelVariant, node: Node, inputs: readonly KernelInput[]): readonly KernelOffer[] {
  const types = [node.type, ...inputs].map(elementType);
  const wide = types.includes('int16_t');
  if (wide && variant.int16 !== true) return [{ unsuited: 'int16 activations' }];
  const offer = variant.plan(node, inputs);
  const offers = isList(offer) ? offer : [offer];
  return wide ? offers.map(each => (isPlan(each) ? inBytes(each, types) : each)) : offers;
}

/** A plan whose overlays are in bytes: elements of one size keep their order, others do not. */
function inBytes(plan: KernelPlan, [out, ...inputs]: readonly ElementType[]): KernelPlan {
  const { overlays } = plan;
  if (overlays === undefined) return plan;
  const distance = (elements: number | undefined, i: number) =>
    elements === undefined || inputs[i] !== out ? undefined : elements * elementBytes[out];
  return { ...plan, overlays: overlays.map(distance) };
}

const isList = (offer: KernelOffer | readonly KernelOffer[]): offer is readonly KernelOffer[] => Array.isArray(offer);

/** Is there a plan? */
export const isPlan = (offer: KernelOffer): offer is KernelPlan => !('unsuited' in offer);

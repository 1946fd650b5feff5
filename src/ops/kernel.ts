import type { Node } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';

/** An ISA feature that a kernel may need, as the target files list them. */
export type IsaFeature = 'thumb1' | 'thumb2' | 'dsp' | 'mve';

/** A constant table of the generated C. */
export interface ConstantTable {
  /** Last part of its name: `weights`, `bias`, `multipliers`. */
  readonly suffix: string;
  readonly ctype: 'int8_t' | 'int16_t' | 'int32_t' | 'uint32_t';
  readonly values: ArrayLike<number>;
  /** Values per line, so that a line is an output channel or a tap. */
  readonly perLine: number;
  /** What a line is and how it is ordered, for the comment above the table. */
  readonly layout: string;
  /** `weights` are the model's int8 parameters; everything else counts as `tables`. */
  readonly kind: 'weights' | 'tables';
}

/**
 * A kernel chosen and sized for one layer. All decisions are in here; the template only spells them in C.
 * The function makes one output row: `void NAME(T *out, const int8_t *const *rows)`, where `rows` has one pointer for
 * each row of the op's window, null where the window reaches over the edge.
 */
export interface KernelPlan {
  /** What the layer's C function is called after its number: `dwconv_1x3`. */
  readonly slug: string;
  /** Template below `templates/`, as in `kernels/conv/generic`. */
  readonly template: string;
  /** Fields that the template reads, besides the names that the emitter adds. */
  readonly view: Readonly<Record<string, unknown>>;
  readonly tables: readonly ConstantTable[];
  /** Shared helper functions that the kernel calls: templates below `templates/numeric/`, callees first. */
  readonly helpers: readonly Helper[];
  /** Worst-case |accumulator| over all inputs, where the kernel has one. */
  readonly accumulatorBound?: number;
}

export type Helper =
  | 'rounding-divide'
  | 'doubling-high-multiply'
  | 'requantise-native'
  | 'requantise-tflite'
  | 'requantise-tflite-single'
  | 'reciprocal';

export interface KernelVariant {
  /** `generic`, `dsp`, `mve`, ... */
  readonly name: string;
  readonly needs: readonly IsaFeature[];
  plan(node: Node, inputs: readonly TensorType[]): KernelPlan;
}

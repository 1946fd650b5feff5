declare const tensorBrand: unique symbol;
declare const modelBrand: unique symbol;

/** The result of an op: an activation of height x width x channels. Opaque, to be handed to further ops. */
export interface Tensor {
  readonly [tensorBrand]: 'tensor';
}

/** What {@link defineModel} makes, and what a model file exports as default. */
export interface Model {
  readonly [modelBrand]: 'model';
}

/** One number for both axes, or [rows, columns]. */
export type PerAxis = number | readonly [rows: number, columns: number];

/**
 * `'valid'`: none. `'same'`: as TensorFlow pads, so that the output has ceil(input / stride) positions; of an odd amount,
 * bottom and right get the larger part. A number pads all four sides, a pair [rows, columns] both ends of an axis.
 */
export type Padding =
  | 'same'
  | 'valid'
  | number
  | readonly [rows: number, columns: number]
  | { readonly top?: number; readonly bottom?: number; readonly left?: number; readonly right?: number };

export interface Named {
  /**
   * Unique in the model, of letters, digits and `_ . / -`. Parameters in the weights file, diagnostics and C functions are
   * named after it. Left out, it is made from the kind of op: `conv`, `conv_2`.
   */
  readonly name?: string;
}

export const notExecuted = (): never => {
  throw new Error('model files are read by effnetc, not executed: run `effnetc compile model.ts`');
};

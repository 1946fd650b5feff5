import { centred, gather, positionsOf } from '../../interpreter/products.js';
import type { Node } from '../../ir/graph.js';
import type { Constant, Quantisation, SubByteBits, TensorData, TensorType } from '../../ir/tensor.js';
import type { Patches } from '../../ops/op.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';

/** Parameters of a layer as a quantised weights file has them: `weight`, `bias`, `weightScale`, ... */
export type LayerConstants = Readonly<Record<string, Constant>>;

/** A linear layer that is being quantised, and what is known of it. Its predecessors are quantised already. */
export interface LayerContext {
  /** The float layer. */
  readonly node: Node<LinearAttributes>;
  readonly patches: Patches;
  /** Scale and zero point of what it reads. */
  readonly input: Quantisation;
  readonly inputType: TensorType;
  readonly output: Quantisation;
  /** What it reads of each calibration image, by quantised predecessors. */
  readonly inputs: readonly TensorData[];
  /** What it reads in the float network. */
  readonly floatInputs: readonly TensorData[];
  /** `sum(w * x) + bias` in the float network, before the activation: [positions, channels] of each image. */
  readonly targets: readonly Float32Array[];
  /** Its weights have so many bits; 8 when left out. */
  readonly bits?: SubByteBits | undefined;
}

/** One step of quantising a linear layer: better constants from those of the step before. */
export interface LayerStep {
  readonly name: string;
  /** @param yieldNow awaited now and then where a step takes long: see src/interpreter/yield.ts */
  run(
    context: LayerContext,
    constants: LayerConstants,
    yieldNow: () => Promise<void>,
  ): LayerConstants | Promise<LayerConstants>;
}

/** Output channels of a layer. */
export const channelsOf = ({ patches: { groups, outputs } }: LayerContext): number => groups * outputs;

/** Real units of one step of the accumulator of channel `o`. */
export const accumulatorScale = ({ input }: LayerContext, { weightScale }: LayerConstants, o: number): number =>
  input.scale * weightScale.data[o];

/** The mean patch that each group sees over all images and positions: [groups, length], padding as zeros. */
export function meanPatch(patches: Patches, images: readonly TensorData[], zeroPoint: number): Float64Array {
  const { groups, length } = patches;
  const positions = positionsOf(patches);
  const mean = new Float64Array(groups * length);
  const patch = new Float64Array(length);
  for (const values of tensorsToAdd(images, zeroPoint)) {
    for (let position = 0; position < positions; position++) {
      for (let g = 0; g < groups; g++) {
        gather(patches, values, position, g, patch);
        for (let i = 0; i < length; i++) mean[g * length + i] += patch[i];
      }
    }
  }
  return mean.map(sum => sum / (positions * images.length));
}

/** The images; of integers their sum alone, since integers give the same in any order. */
function* tensorsToAdd(images: readonly TensorData[], zeroPoint: number): Generator<Float64Array> {
  const values = new Float64Array(images[0].length);
  if (images[0] instanceof Float32Array) {
    for (const image of images) yield centred(image, zeroPoint, values);
    return;
  }
  for (const image of images) for (let i = 0; i < values.length; i++) values[i] += image[i] - zeroPoint;
  yield values;
}

/** The mean of each channel over all images and positions. */
export function meanOf(tensors: readonly ArrayLike<number>[], channels: number): Float64Array {
  const mean = new Float64Array(channels);
  let count = 0;
  for (const values of tensors) {
    for (let i = 0; i < values.length; i++) mean[i % channels] += values[i];
    count += values.length / channels;
  }
  return mean.map(sum => sum / count);
}

import { elementCount, type Shape } from '../../ir/tensor.js';
import type { Patches } from '../op.js';
import type { WindowAttributes } from './window.js';

/** The patches of a convolution whose output channels are split into `groups`, each of which reads `inputs` channels. */
export function windowPatches(
  { kernel, stride, padding }: WindowAttributes,
  input: Shape,
  output: Shape,
  { groups, inputs }: { readonly groups: number; readonly inputs: number },
): Patches {
  const [rows, columns] = kernel;
  const length = rows * columns * inputs;
  const offsets = new Int32Array(output.height * output.width * length).fill(-1);
  let at = 0;
  for (let oy = 0; oy < output.height; oy++) {
    for (let ox = 0; ox < output.width; ox++) {
      for (let tap = 0; tap < rows * columns; tap++, at += inputs) {
        const y = oy * stride[0] - padding[0] + Math.floor(tap / columns);
        const x = ox * stride[1] - padding[2] + (tap % columns);
        if (y < 0 || y >= input.height || x < 0 || x >= input.width) continue;
        for (let i = 0; i < inputs; i++) offsets[at + i] = (y * input.width + x) * input.channels + i;
      }
    }
  }
  return { groups, groupStep: inputs, outputs: output.channels / groups, length, offsets };
}

/** The one patch of an op that reads its whole input. */
export function wholeInputPatch(input: Shape, outputs: number): Patches {
  const length = elementCount(input);
  return { groups: 1, groupStep: 0, outputs, length, offsets: Int32Array.from({ length }, (_, i) => i) };
}

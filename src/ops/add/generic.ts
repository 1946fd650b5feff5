import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { rowBytes, type TensorType } from '../../ir/tensor.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { requantiseHelpers, termView } from '../shared/requantise-kernel.js';
import type { AddAttributes } from './index.js';
import { largestDifference, type NativeRescale, nativeBound, tfliteLeftShift } from './rescale.js';

/** Portable C of an addition: one accumulator under `native`, three requantisations under the TFLite rules. */
export const genericAdd: KernelVariant = {
  name: 'generic',
  needs: [],
  plan(plain, inputs) {
    const node = plain as Node<AddAttributes>;
    const { requantisation } = node.attributes;
    invariant(requantisation !== undefined, `${node.name} is not in integer form`);
    const { rounding, low, high } = requantisation;
    const [zeroA, zeroB, zero] = [...inputs, node.type].map(zeroPointOf);
    const common = { slug: 'add', template: 'kernels/add/generic', tables: [], overlays: [0, 0] };
    const view = { count: rowBytes(node.type), low, high };
    if (requantisation.rounding === 'native') {
      const native = nativeView(requantisation, zeroA, zeroB, zero);
      return {
        ...common,
        view: { ...view, native },
        helpers: [],
        accumulatorBound: native.bound,
      } satisfies KernelPlan;
    }
    const [a, b] = requantisation.inputs;
    return {
      ...common,
      view: {
        ...view,
        native: false,
        a: { ...a, zero: termView(-zeroA) },
        b: { ...b, zero: termView(-zeroB) },
        output: { ...requantisation.output, offset: termView(zero) },
        leftFactor: 2 ** tfliteLeftShift,
      },
      helpers: requantiseHelpers[rounding],
      // Also of the sum: the factors of the inputs are at most a half each.
      accumulatorBound: largestDifference * 2 ** tfliteLeftShift,
    } satisfies KernelPlan;
  },
};

/**
 * The accumulator starts at half an output step minus the zero points of the inputs; a whole number of steps, the zero point
 * of the output, goes into it too where int32 has room for it.
 */
function nativeView(rescale: NativeRescale, zeroA: number, zeroB: number, zero: number) {
  const [a, b] = rescale.multipliers;
  const { shift } = rescale;
  const folds = nativeBound(rescale) + Math.abs(zero) * 2 ** shift < 2 ** 31;
  const start = 2 ** (shift - 1) - zeroA * a - zeroB * b + (folds ? zero * 2 ** shift : 0);
  const bound = nativeBound(rescale) + (folds ? Math.abs(zero) * 2 ** shift : 0);
  return { a, b, start, shift, bound, offset: termView(folds ? 0 : zero) };
}

function zeroPointOf({ quantisation }: TensorType): number {
  return quantisation?.zeroPoint ?? 0;
}

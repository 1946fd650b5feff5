import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { operandView, pairOverlays, pairsView } from './broadcast.js';
import { int32Limit, requantiseHelpers, termView } from './requantise-kernel.js';
import { largestDifference, type NativeRescale, nativeBound, type Sign, tfliteLeftShift } from './rescale.js';
import type { SumAttributes } from './sum.js';

/** Portable C of a sum or difference: one accumulator under `native`, three requantisations under the TFLite rules. */
export const genericSum = (slug: string, sign: Sign): KernelVariant => ({
  name: 'generic',
  needs: [],
  wide: true,
  plan(plain, inputs) {
    const node = plain as Node<SumAttributes>;
    const { requantisation } = node.attributes;
    invariant(requantisation !== undefined, `${node.name} is not in integer form`);
    const { rounding, low, high } = requantisation;
    const [zeroA, zeroB, zero] = [...inputs, node.type].map(zeroPointOf);
    const shapes = inputs.map(type => type.shape);
    const output = node.type.shape;
    const view = { ...pairsView(output, shapes), low, high };
    const common = {
      slug,
      template: 'kernels/sum/generic',
      tables: [],
      overlays: pairOverlays(output, shapes),
      work: {
        family: `sum/${rounding}${view.positions ? ', broadcast' : ''}`,
        counts: { outputs: elementCount(output) },
      },
    };
    const [first, second] = shapes.map(shape => operandView(shape, output));
    if (requantisation.rounding === 'native') {
      const native = nativeView(requantisation, zeroA, zeroB, zero, sign);
      return {
        ...common,
        view: { ...view, native, a: first, b: second },
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
        minus: sign < 0,
        a: { ...first, ...a, zero: termView(-zeroA) },
        b: { ...second, ...b, zero: termView(-zeroB) },
        output: { ...requantisation.output, offset: termView(zero) },
        leftFactor: 2 ** tfliteLeftShift(requantisation.bits),
      },
      helpers: requantiseHelpers[rounding],
      // Also of the sum: the factors of the inputs are at most a half each.
      accumulatorBound: largestDifference(requantisation) * 2 ** tfliteLeftShift(requantisation.bits),
    } satisfies KernelPlan;
  },
});

/**
 * The accumulator starts at half an output step minus the zero points of the inputs; a whole number of steps, the zero point
 * of the output, goes into it too where int32 has room for it.
 */
function nativeView(rescale: NativeRescale, zeroA: number, zeroB: number, zero: number, sign: Sign) {
  const a = rescale.multipliers[0];
  const b = sign * rescale.multipliers[1];
  const { shift } = rescale;
  const folds = nativeBound(rescale) + Math.abs(zero) * 2 ** shift < 2 ** 31;
  const start = 2 ** (shift - 1) - zeroA * a - zeroB * b + (folds ? zero * 2 ** shift : 0);
  const bound = nativeBound(rescale) + (folds ? Math.abs(zero) * 2 ** shift : 0);
  return { a, b, start, shift, bound, ...int32Limit, offset: termView(folds ? 0 : zero) };
}

function zeroPointOf({ quantisation }: TensorType): number {
  return quantisation?.zeroPoint ?? 0;
}

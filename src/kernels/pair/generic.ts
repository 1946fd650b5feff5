import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { elementCount, type Shape, type TensorType } from '../../ir/tensor.js';
import { largestProduct, type MulAttributes } from '../../ops/mul.js';
import {
  largestDifference,
  type NativeRescale,
  nativeBound,
  type Sign,
  tfliteLeftShift,
} from '../../ops/shared/rescale.js';
import type { SumAttributes } from '../../ops/sum.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { int32Limit, requantiseHelpers, termView } from '../requantise/generic.js';

/** How a kernel goes over a row: as `count` elements in one loop, or position by position. */
export interface PairsView {
  /** Rows of operands have other elements than the output's, so that positions and channels are two loops. */
  readonly positions: boolean;
  readonly width: number;
  /** Elements of the inner loop. */
  readonly count: number;
}

export interface OperandView {
  /** Elements from a position to the next; 0 where one column stands for all. */
  readonly step: number;
  readonly stepped: boolean;
  /** One channel stands for all. */
  readonly single: boolean;
}

const sameRows = (a: Shape, b: Shape) => a.width === b.width && a.channels === b.channels;

export function pairsView(output: Shape, operands: readonly Shape[]): PairsView {
  const positions = operands.some(shape => !sameRows(shape, output));
  const { width, channels } = output;
  return { positions, width, count: positions ? channels : width * channels };
}

export function operandView({ width, channels }: Shape, output: Shape): OperandView {
  const step = width === 1 ? 0 : channels;
  return { step, stepped: step > 0, single: channels === 1 && output.channels > 1 };
}

/** The output may lie over a row that it takes element for element, and over no other. */
export function pairOverlays(output: Shape, operands: readonly Shape[]): readonly (number | undefined)[] {
  return operands.map(shape => (sameRows(shape, output) && shape.height === output.height ? 0 : undefined));
}

/** Portable C of a sum or difference: one accumulator under `native`, three requantisations under the TFLite rules. */
const genericSum = (functionName: string, sign: Sign): KernelVariant => ({
  name: 'generic',
  int16: true,
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
      functionName,
      template: 'kernels/pair/generic-sum',
      label: 'generic',
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

export const genericAdd = genericSum('add', 1);
export const genericSub = genericSum('sub', -1);

/** Portable C of a product: one multiplication and one requantisation an element. */
export const genericMul: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, inputs) {
    const node = plain as Node<MulAttributes>;
    const { requantisation } = node.attributes;
    invariant(requantisation !== undefined, `${node.name} is not in integer form`);
    const { rounding, multiplier, shift, preShift, low, high } = requantisation;
    const shapes = inputs.map(type => type.shape);
    const output = node.type.shape;
    const quantisations = inputs.map(({ quantisation }) => {
      invariant(quantisation !== undefined, `${node.name}: product of a tensor without quantisation`);
      return quantisation;
    });
    const [a, b] = inputs.map(({ shape }, i) => ({
      ...operandView(shape, output),
      zero: termView(-quantisations[i].zeroPoint),
    }));
    return {
      functionName: 'mul',
      template: 'kernels/pair/generic-product',
      label: 'generic',
      view: {
        ...pairsView(output, shapes),
        a,
        b,
        shifted: rounding !== 'native',
        preShifted: preShift > 0,
        preFactor: 2 ** preShift,
        multiplier,
        shift,
        offset: termView(node.type.quantisation?.zeroPoint ?? 0),
        low,
        high,
      },
      tables: [],
      helpers: requantiseHelpers[rounding],
      overlays: pairOverlays(output, shapes),
      accumulatorBound: largestProduct([quantisations[0], quantisations[1]]) * 2 ** preShift,
    };
  },
};

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { elementRange } from '../../ir/tensor.js';
import { largestSum, type MeanAttributes } from '../../ops/mean.js';
import type { KernelInput, KernelPlan, KernelVariant } from '../kernel.js';
import { requantiseHelpers, termView } from '../requantise/generic.js';

/** What both ways of computing a mean have in common. */
function common(plain: Node, input: KernelInput): Omit<KernelPlan, 'functionName' | 'template' | 'label'> {
  const node = plain as Node<MeanAttributes>;
  const { requantisation } = node.attributes;
  invariant(requantisation !== undefined && input.quantisation !== undefined, `${node.name} is not in integer form`);
  const { rounding, multiplier, shift, preShift = 0 } = requantisation;
  const { height, width, channels } = input.shape;
  const { zeroPoint } = input.quantisation;
  return {
    view: {
      height,
      width,
      channels,
      lastRow: height - 1,
      // The sum of the zero points, which the raw values have too much.
      start: -zeroPoint * height * width,
      multiplier,
      shift,
      preShifted: preShift > 0,
      preFactor: 2 ** preShift,
      shifted: rounding !== 'native',
      offset: termView(node.type.quantisation?.zeroPoint ?? 0),
      ...elementRange(node.type),
    },
    tables: [],
    helpers: requantiseHelpers[rounding],
    // In between, the constant or the raw sum stands alone.
    accumulatorBound: -elementRange(input).low * height * width + largestSum(height * width, input.quantisation),
  };
}

export const genericMean: KernelVariant = {
  name: 'generic',
  int16: true,
  plan: (node, [input]) => ({
    functionName: 'mean',
    template: 'kernels/mean/generic',
    label: 'generic',
    ...common(node, input),
  }),
};

/** Takes the rows one by one: int32 sums instead of the whole input in memory. */
export const accumulatingMean: KernelVariant = {
  name: 'accumulate',
  int16: true,
  plan(node, [input]) {
    if (input.shape.height === 1) return { unsuited: 'the input has one row' };
    const sumsBytes = 4 * input.shape.channels;
    return {
      functionName: 'mean_rows',
      template: 'kernels/mean/generic-accumulate',
      label: 'accumulate',
      ...common(node, input),
      sumsBytes,
    };
  },
};

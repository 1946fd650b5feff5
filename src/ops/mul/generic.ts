import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { operandView, pairOverlays, pairsView } from '../shared/broadcast.js';
import { requantiseHelpers, termView } from '../shared/requantise-kernel.js';
import type { MulAttributes } from './index.js';
import { largestProduct } from './rescale.js';

/** Portable C of a product: one multiplication and one requantisation an element. */
export const genericMul: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
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
      slug: 'mul',
      template: 'kernels/mul/generic',
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

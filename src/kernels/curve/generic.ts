import type { Node } from '../../ir/graph.js';
import { rowElements } from '../../ir/tensor.js';
import { type CurveAttributes, curveShapes, curveTable, integerCurve } from '../../ops/curve.js';
import type { KernelVariant } from '../kernel.js';
import { termView } from '../requantise/generic.js';

/** A table of 256 values of one half of the curve, between which is interpolated. */
export const genericCurve: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<CurveAttributes>;
    const { curve, factor, zeroPoint } = integerCurve(node, input);
    const { bits, zero, most, shift: last } = curveShapes[curve];
    return {
      functionName: curve,
      template: 'kernels/curve/generic',
      label: 'generic',
      view: {
        count: rowElements(node.type),
        zeroPoint: termView(-zeroPoint),
        multiplier: factor.multiplier,
        shift: factor.shift,
        shifted: factor.shift > 0,
        half: factor.shift > 0 ? 2 ** (factor.shift - 1) : 0,
        bits,
        mask: 2 ** bits - 1,
        unit: 2 ** bits,
        zero,
        most,
        last,
        rounding: 2 ** (last - 1),
        roundingBelow: 2 ** (last - 1) - 1,
      },
      tables: [
        {
          suffix: 'curve',
          ctype: 'int16_t',
          values: curveTable,
          perLine: 12,
          layout: '2^16 * (sigmoid(i / 24) - 1/2)',
          kind: 'tables',
        },
      ],
      helpers: [],
      overlays: [0],
    };
  },
};

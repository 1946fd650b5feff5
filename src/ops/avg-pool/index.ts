import { z } from 'zod';
import type { OpDefinition } from '../op.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { type PoolAttributes, pool, poolShape, resolvePool } from '../shared/pool.js';
import { paddingOption, perAxis } from '../shared/window.js';
import { accumulatingAvgPool } from './accumulate.js';
import { genericAvgPool } from './generic.js';

/** Integer division that rounds halves away from zero, as TFLite's average pool does. `taps` > 0. */
export function roundedMean(sum: number, taps: number): number {
  const half = Math.floor(taps / 2);
  return sum > 0 ? Math.floor((sum + half) / taps) : Math.ceil((sum - half) / taps);
}

/** Source of the integer form: TFLite reference kernel AveragePool (int8): the mean of the quantised values, padding left out. */
export const avgPool: OpDefinition = defineOp<PoolAttributes>({
  kind: 'avgPool',
  summary: 'the mean of each window and channel, padding left out; without a kernel, of the whole input',
  traits: { keepsQuantisation: true, scalesByChannel: true, wide: true },
  ...poolShape,
  vocabulary: vocabulary(
    z
      .strictObject({ kernel: perAxis.optional(), stride: perAxis.optional(), padding: paddingOption.optional() })
      .refine(
        o => o.kernel !== undefined || (o.stride === undefined && o.padding === undefined),
        'stride and padding need a kernel',
      ),
    ({ kernel, ...rest }, [input]) =>
      resolvePool({ kernel: kernel ?? [input.shape.height, input.shape.width], ...rest }, input),
    { optionsOptional: true },
  ),
  evaluate: (node, [input]) =>
    Float32Array.from(
      pool(
        node,
        input,
        0,
        (sum, x) => sum + x,
        (sum, taps) => sum / taps,
      ),
    ),
  reference: (node, [input]) => pool(node, input, 0, (sum, x) => sum + x, roundedMean),
  kernels: [genericAvgPool],
  accumulators: [accumulatingAvgPool],
});

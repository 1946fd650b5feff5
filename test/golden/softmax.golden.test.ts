import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TensorType } from '../../src/ir/tensor.js';
import { softmax } from '../../src/ops/softmax/index.js';
import { packageRoot } from '../../src/package-root.js';

const directory = join(packageRoot(), '..', 'shared', 'data', 'tflite');
const here = existsSync(directory);
if (!here) console.warn('skipped softmax against TFLite Micro: ../shared/data/tflite is not here');

// Inputs and outputs of the softmax of two public models, as TFLite Micro computed them. The scales are the float32 values
// of the model files under which the outputs come out; for DS-CNN only one of the 953 candidates does.
describe.skipIf(!here)('softmax equals TFLite Micro, every byte', () => {
  it.each([
    ['resnet8', 'op_14.i8', 'op_15.i8', 10, 0.17197759449481964],
    ['dscnn_kws', 'op_11.i8', 'op_12.i8', 12, 0.14469251036643982],
  ] as const)('%s', (model, before, after, classes, scale) => {
    const read = (file: string) =>
      Int8Array.from(readFileSync(join(directory, model, 'ops', file)), byte => (byte << 24) >> 24);
    const data = read(before);
    const shape = { height: 1, width: data.length / classes, channels: classes };
    const type: TensorType = { dtype: 'i8', shape, quantisation: { scale, zeroPoint: 0 } };
    const node = { name: 'softmax', op: 'softmax', inputs: ['x'], attributes: {}, constants: {}, type };
    const output = { scale: 1 / 256, zeroPoint: -128 };
    const lowered = softmax.lower?.(node, { inputs: [type], output, rounding: 'tflite' });
    expect(lowered && softmax.reference?.(lowered, [{ type, data }])).toEqual(read(after));
  });
});

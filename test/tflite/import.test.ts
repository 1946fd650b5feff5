import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { writeModel } from '../../src/frontend/import/write-model.js';
import { importTflite } from '../../src/frontend/tflite/import-tflite.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, loadImportedModel, loadQuantisedModel } from '../../src/pipeline.js';
import { loadTarget } from '../../src/target/load-target.js';
import {
  activation,
  int8,
  int32,
  type NetworkSpec,
  type OperatorSpec,
  type TensorSpec,
  writeTflite,
} from './write-tflite.js';

const directory = mkdtempSync(join(tmpdir(), 'effnetc-import-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The C of a file compiled as it is, and by way of a model.ts and quantised weights; and that model.ts. */
async function bothWays(file: string) {
  const imported = importTflite(file, new Session());
  const { name } = imported.graph;
  const [model, weights] = [join(directory, `${name}.ts`), join(directory, `${name}.safetensors`)];
  const text = writeModel(imported, `from ${basename(file)}`);
  writeFileSync(model, text);
  writeFileSync(weights, writeQuantised(imported));
  const session = new Session();
  const written = await loadQuantisedModel({ model, weights }, session);
  const compile = (loaded: typeof written) => compileModel(loaded, loadTarget('cortex-m4'), '0.0.0').files;
  return { direct: compile(loadImportedModel(file, new Session())), written: compile(written), text, session };
}

/** Without what says where a model came from: the lines of the header on the command, the model and the weights, and places. */
const withoutProvenance = (files: ReadonlyMap<string, string>) =>
  [...files].map(([name, text]) => `${name}\n${text.replace(/^ \* {3}(command|model|weights|from) .*\n/gm, '')}`);

function expectSame({ direct, written, session }: Awaited<ReturnType<typeof bothWays>>) {
  expect(withoutProvenance(written)).toEqual(withoutProvenance(direct));
  expect(session.diagnostics).toEqual([]);
}

const shared = join(packageRoot(), '..', 'shared', 'data', 'tflite');
const here = existsSync(shared);

describe('a model.ts that import writes', () => {
  it.skipIf(!here).each(['resnet8/pretrainedResnet_quant', 'dscnn_kws/kws_ref_model'])(
    '%s becomes the same C',
    async name => {
      const result = await bothWays(join(shared, `${name}.tflite`));
      expectSame(result);
      expect(result.text.split('\n').slice(1)).toMatchSnapshot();
    },
  );

  it('becomes the same C with every op that only imports make', async () => {
    const file = join(directory, 'odd-ops 1.tflite');
    writeFileSync(file, writeTflite(oddOps()));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).toMatchSnapshot();
  });

  it('calls EffNet blocks by their name', async () => {
    const file = join(directory, 'effnet.tflite');
    writeFileSync(file, writeTflite(effnet()));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).toMatchSnapshot();
    expect(result.text).toContain('effnetBlock(image, {');
    expect(result.direct.get('effnet.c')).toContain('block1.dw1: depthwiseConv 1x3, relu');
  });

  it('does not take for a block what differs in one stride', async () => {
    const file = join(directory, 'almost.tflite');
    writeFileSync(file, writeTflite(effnet({ stride_h: 1 }, [1, 3, 2, 4])));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).not.toContain('effnetBlock');
  });
});

const unit = {
  padding: 0,
  stride_w: 1,
  stride_h: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  fused_activation_function: 1,
};
const pattern = (count: number) => Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127);

/** Operators in a row, each with constants of its own. */
function chain(
  first: TensorSpec,
  steps: readonly (readonly [string, TensorSpec, readonly TensorSpec[], OperatorSpec['options']])[],
): NetworkSpec {
  const tensors: TensorSpec[] = [first];
  let last = 0;
  const operators = steps.map(([kind, output, constants, options = {}]): OperatorSpec => {
    const inputs = [last, ...constants.map(constant => tensors.push(constant) - 1)];
    last = tensors.push(output) - 1;
    return { kind, inputs, outputs: [last], options };
  });
  return { tensors, operators };
}

function effnet(change: Record<string, number> = {}, last: readonly number[] = [1, 2, 2, 4]): NetworkSpec {
  const t = (dims: readonly number[]) => activation(dims, 0.1, -128);
  const w = (dims: readonly number[], axis: number) =>
    int8(pattern(dims.reduce((a, b) => a * b, 1)), dims, new Array<number>(dims[axis]).fill(0.01), { axis });
  const half = { padding: 1, stride_w: 2, stride_h: 1, filter_width: 2, filter_height: 1 };
  return chain(activation([1, 4, 4, 3], 1 / 255, -128), [
    ['CONV_2D', t([1, 4, 4, 6]), [w([6, 1, 1, 3], 0)], unit],
    ['DEPTHWISE_CONV_2D', t([1, 4, 4, 6]), [w([1, 1, 3, 6], 3)], { ...unit, depth_multiplier: 1 }],
    ['MAX_POOL_2D', t([1, 4, 2, 6]), [], half],
    ['DEPTHWISE_CONV_2D', t([1, 4, 2, 6]), [w([1, 3, 1, 6], 3)], { ...unit, depth_multiplier: 1 }],
    ['CONV_2D', t(last), [w([4, 2, 1, 6], 0)], { ...unit, padding: 1, stride_h: 2, ...change }],
    ['FULLY_CONNECTED', activation([1, 3], 0.2, 5), [w([3, last[1] * last[2] * 4], 0)], {}],
  ]);
}

function oddOps(): NetworkSpec {
  const t = (dims: readonly number[]) => activation(dims, 0.1, 7);
  const tensors = [
    activation([1, 4, 3, 6], 0.1, 7), // 0
    t([1, 4, 3, 6]), // 1: hard swish
    int32([1, 2]),
    t([1, 1, 1, 6]), // 3: mean
    activation([1, 1, 1, 6], 1 / 256, -128), // 4: logistic
    t([1, 4, 3, 6]), // 5: mul
    int32([3], []),
    t([1, 4, 3, 3]), // 7
    t([1, 4, 3, 3]), // 8
    t([1, 4, 3, 3]), // 9: sub
    t([1, 4, 3, 6]), // 10: concat
    int32([1, 4, 3, 2, 3]),
    t([1, 4, 3, 2, 3]), // 12
    int32([0, 1, 2, 4, 3]),
    t([1, 4, 3, 3, 2]), // 14
    t([1, 4, 3, 6]), // 15
    int32([0, 0, 1, 0, 0, 1, 0, 0], [4, 2]),
    int8([-9], [1], [0.1], { zeroPoints: [7] }),
    t([1, 5, 4, 6]), // 18: padv2
    int8([3, -4, 5, 60, -70, 80], [6], [0.02]),
    t([1, 5, 4, 6]), // 20: prelu
    t([1, 5, 4, 6]), // 21: leaky
    t([1, 5, 4, 6]), // 22: add constant
    t([1, 5, 4, 2]), // 23: an unused part
    t([1, 5, 4, 2]), // 24
    t([1, 5, 4, 2]), // 25
    t([1, 4, 3, 2]), // 26: average pool, relu
  ];
  const pool = { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 2 };
  return {
    tensors,
    operators: [
      { kind: 'HARD_SWISH', inputs: [0], outputs: [1] },
      { kind: 'MEAN', inputs: [1, 2], outputs: [3] },
      { kind: 'LOGISTIC', inputs: [3], outputs: [4] },
      { kind: 'MUL', inputs: [1, 4], outputs: [5], options: { fused_activation_function: 3 } },
      { kind: 'SPLIT', inputs: [6, 5], outputs: [7, 8], options: { num_splits: 2 } },
      { kind: 'SUB', inputs: [8, 7], outputs: [9], options: { fused_activation_function: 2 } },
      { kind: 'CONCATENATION', inputs: [9, 7], outputs: [10], options: { axis: 3 } },
      { kind: 'RESHAPE', inputs: [10, 11], outputs: [12] },
      { kind: 'TRANSPOSE', inputs: [12, 13], outputs: [14] },
      { kind: 'RESHAPE', inputs: [14, 11], outputs: [15] },
      { kind: 'PADV2', inputs: [15, 16, 17], outputs: [18] },
      { kind: 'PRELU', inputs: [18, 19], outputs: [20] },
      { kind: 'LEAKY_RELU', inputs: [20], outputs: [21], options: { alpha: 0.25 } },
      { kind: 'ADD', inputs: [21, 19], outputs: [22] },
      { kind: 'SPLIT', inputs: [6, 22], outputs: [23, 24, 25], options: { num_splits: 3 } },
      { kind: 'AVERAGE_POOL_2D', inputs: [24], outputs: [26], options: { ...pool, fused_activation_function: 1 } },
    ],
  };
}

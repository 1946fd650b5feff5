import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { bindQuantised, writeQuantised } from '../../src/frontend/weights/quantised.js';
import { parseWeightsFile } from '../../src/frontend/weights/weights-file.js';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { opOf } from '../../src/ops/index.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { compileModel } from '../../src/pipeline/index.js';
import { int16Activations } from '../../src/quantize/activation-bits.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { defaultQuantiseOptions, quantiseByImages } from '../../src/quantize/quantise-model.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Entry } from '../../src/toolchain/firmware.js';
import { exhaustive, expectDriversEqual } from './equality.js';
import { buildModel, makeModel, models } from './models.js';

/** One for each family of kernels. */
const cores = ['cortex-m4', 'cortex-m0', 'cortex-m55', 'cortex-m3'];

// The header wants files to hash; any will do.
const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };

/** Networks in which nothing can be int16: all that there is goes into a softmax, or is a table. */
const narrowOnly = ['thin', 'flattened', 'tables'];

const names = Object.keys(models).filter(name => !narrowOnly.includes(name));

describe.each(names.map((name, m) => [name, m] as const))('%s with int16 activations', (name, m) => {
  const tries = (exhaustive ? cores : [cores[m % cores.length]]).flatMap((target, t) =>
    (exhaustive ? roundings : [roundings[(m + t) % roundings.length]]).map(rounding => ({ target, rounding })),
  );
  const entry = m % 2 === 0 ? 'infer' : 'push-row';

  it.each(tries)(`the C equals the reference: $target, $rounding, ${entry}`, async ({ target, rounding }) => {
    await expectEqual(await makeModel(name), target, rounding, entry);
  });
});

describe('kernels of the DSP extension for int16', () => {
  // Rows above, below, left and right missing; blocks of 4 channels with a rest; one row, one position, one tap.
  const body = [
    "x = conv(x, { name: 'from8', channels: 8, kernel: [1, 2], padding: { left: 1 } })",
    "x = conv(x, { name: 'padded', channels: 7, kernel: 3, padding: 1, stride: [1, 2] })",
    "x = conv(x, { name: 'odd', channels: 12, kernel: 1 })",
    "x = activation(conv(x, { name: 'tall', channels: 6, kernel: [3, 1], padding: { top: 1, bottom: 2 } }), 'relu6')",
    "x = depthwiseConv(x, { name: 'across', kernel: [1, 3], padding: [0, 1] })",
    "x = batchNorm(activation(depthwiseConv(x, { name: 'down', kernel: [3, 1], stride: [2, 1], padding: { top: 2 } }), { kind: 'leakyRelu', slope: 0.3 }))",
    "x = depthwiseConv(x, { name: 'one', kernel: 1 })",
    "x = conv(x, { name: 'to4', channels: 4, kernel: 1 })",
    // Sums row by row, by the portable kernel: that takes less RAM.
    "x = dense(x, { name: 'rows', units: 8 })",
    "x = dense(x, { name: 'row', units: 5 })",
  ].join('; ');
  const build = () => buildModel('kernels', 'height: 6, width: 7, channels: 4', `${body};`);

  it.each(roundings.flatMap(rounding => ['cortex-m4', 'cortex-m55'].map(target => ({ target, rounding }))))(
    'equal the reference: $target, $rounding',
    async ({ target, rounding }) => {
      const plan = await expectEqual(await build(), target, rounding, 'infer');
      const forms = plan.layers.map(({ node, kernel }) => [node.name, kernel.configuration]);
      expect(Object.fromEntries(forms)).toMatchObject({
        // Seven inputs are no runs of four.
        odd: undefined,
        ...Object.fromEntries(
          ['padded', 'tall', 'across', 'down', 'one', 'row'].map(name => [name, 'int16 activations']),
        ),
      });
    },
  );
});

describe('a quantised file that gives int16 to what cannot have it', () => {
  const lowered = async (body: string, names: RegExp) => {
    const { fused, images } = await buildModel('file', 'height: 3, width: 3, channels: 2', body);
    const { activations, ...rest } = quantiseGraph(fused, await calibrate(fused, images), 'native');
    const wide = { scale: 0.001, zeroPoint: 0 };
    const given = [...activations].map(
      ([name, each]) => [name, names.test(name) ? { ...wide, bits: 16 as const } : name === 'c' ? wide : each] as const,
    );
    return lowerModel({ ...rest, activations: new Map(given) });
  };
  const joined =
    "x = concat([conv(x, { name: 'a', channels: 2, kernel: 1 }), conv(x, { name: 'b', channels: 3, kernel: 1 })], { name: 'c' });";

  it.each([
    ["x = activation(x, { name: 't', kind: 'tanh' });", /^t$/, "activation 't' would make int16, which it cannot"],
    [joined, /^c$/, "concat 'c' would make int16 of int8"],
    [joined, /^[ab]$/, "concat 'c' would make int8 of int16"],
  ])('is refused: %s %s', async (body, names, message) => {
    await expect(lowered(body, names)).rejects.toThrow(message);
  });

  it('and not where its parts have it, too', async () => {
    expect((await lowered(joined, /^[abc]$/)).nodes.at(-1)?.type.dtype).toBe('i16');
  });
});

describe('sums over int16 that do not fit int32', () => {
  it.each(['cortex-m4', 'cortex-m0'])('have 48 bits, on %s as in the reference', async target => {
    const { fused, images } = await buildModel(
      'long',
      'height: 20, width: 20, channels: 4',
      "x = conv(x, { name: 'c', channels: 8, kernel: 1 }); x = dense(x, { name: 'fc', units: 5 });",
    );
    const options = { ...defaultQuantiseOptions, activationBits: [{ pattern: 'c', bits: 16 as const }] };
    const quantised = await quantiseByImages(fused, images, options);
    const written = writeQuantised(quantised);
    const read = bindQuantised(fused, parseWeightsFile('q.safetensors', written), opOf, new Session());
    const types = read.graph.nodes.map(({ name, constants: { bias } }) => [name, bias?.dtype]);
    expect(Object.fromEntries(types)).toMatchObject({ c: 'i32', fc: 'f64' });
    const plan = await expectLowered(lowerModel(read), target, 'native', 'infer');
    const { kernel } = plan.layers[1];
    expect(kernel.accumulatorBound).toBeGreaterThan(2 ** 31);
  });
});

/** Every byte of every layer, with int16 wherever that is possible. */
async function expectEqual(
  { fused, images }: Awaited<ReturnType<typeof makeModel>>,
  target: string,
  rounding: Rounding,
  entry: Entry,
) {
  const wide = int16Activations(fused, [{ pattern: '*', bits: 16 }]);
  expect(wide.size).toBeGreaterThan(0);
  const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding, wide));
  // A curve makes int16 whatever it reads.
  for (const { name, op, type } of lowered.nodes)
    expect(type.dtype === 'i16', name).toBe(wide.has(name) || op === 'curve');
  return expectLowered(lowered, target, rounding, entry);
}

async function expectLowered(lowered: IntegerGraph, target: string, rounding: Rounding, entry: Entry) {
  const graph = runPasses(lowered, integerPasses);
  const { firmware, plan } = compileModel({ graph, rounding, source }, loadTarget(target), '0.0.0', { entry });
  await expectDriversEqual(graph, firmware, 4);
  return plan;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { byteCount } from '../../src/ir/tensor.js';
import { countMacs } from '../../src/ops/facts.js';
import { compileModel, loadImportedModel, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { randomBytes, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { chain, type Step } from './networks.js';
import { activation, int8, int32, type NetworkSpec, type TensorSpec, writeTflite } from './write-tflite.js';

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const signed = (count: number, seed: number): number[] => [...new Int8Array(randomBytes(count, seed).buffer)];

/** For `inputs` to an output, such that signals neither die nor saturate; with a scale for each channel of `axis`, or one. */
function weights(dims: readonly number[], inputs: number, axis?: number): TensorSpec {
  const values = signed(product(dims), product(dims)).map(value => Math.max(value, -127));
  const scales = new Array<number>(axis === undefined ? 1 : dims[axis]).fill(Math.sqrt(2 / inputs) / 74);
  return int8(values, dims, scales, { axis });
}

const bias = (units: number): TensorSpec => ({
  ...int32(signed(units, units).map(value => 8 * value)),
  scales: [0.0002],
  zeroPoints: [0],
});

/** The autoencoder for anomaly detection: fully connected layers alone, between vectors. */
function autoencoder(): NetworkSpec {
  const units = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640];
  const steps = units.slice(1).map((to, i): Step => {
    const last = i === units.length - 2;
    return [
      'FULLY_CONNECTED',
      activation([1, to], 0.1, last ? 3 : -128),
      [weights([to, units[i]], units[i]), bias(to)],
      { fused_activation_function: last ? 0 : 1 },
    ];
  });
  return chain(activation([1, units[0]], 0.1, 90), ...steps);
}

/** MobileNetV1-0.25 for images of 96 by 96 with two classes: visual wake words. */
function visualWakeWords(): NetworkSpec {
  const options = (stride: number) => ({
    padding: 0,
    stride_w: stride,
    stride_h: stride,
    dilation_w_factor: 1,
    dilation_h_factor: 1,
    fused_activation_function: 3,
  });
  const inside = (size: number, channels: number) => activation([1, size, size, channels], 0.0235, -128);
  const steps: Step[] = [['CONV_2D', inside(48, 8), [weights([8, 3, 3, 3], 27, 0), bias(8)], options(2)]];
  let [channels, size] = [8, 48];
  const pairs = [16, -32, 32, -64, 64, -128, 128, 128, 128, 128, 128, -256, 256];
  for (const pair of pairs) {
    const [to, stride] = [Math.abs(pair), pair < 0 ? 2 : 1];
    size /= stride;
    const depthwise = { ...options(stride), depth_multiplier: 1 };
    steps.push([
      'DEPTHWISE_CONV_2D',
      inside(size, channels),
      [weights([1, 3, 3, channels], 9, 3), bias(channels)],
      depthwise,
    ]);
    steps.push(['CONV_2D', inside(size, to), [weights([to, 1, 1, channels], channels, 0), bias(to)], options(1)]);
    channels = to;
  }
  const pool = { padding: 1, stride_w: size, stride_h: size, filter_width: size, filter_height: size };
  return chain(
    activation([1, 96, 96, 3], 1 / 255, -128),
    ...steps,
    ['AVERAGE_POOL_2D', inside(1, channels), [], pool],
    ['RESHAPE', activation([1, channels], 0.0235, -128), [int32([-1, channels])]],
    ['FULLY_CONNECTED', activation([1, 2], 0.1, 5), [weights([2, channels], channels), bias(2)], {}],
    ['SOFTMAX', activation([1, 2], 1 / 256, -128), [], { beta: 1 }],
  );
}

// The two networks of MLPerf Tiny whose files are not at hand: their operators, shapes and types, with random weights.
describe.each([
  ['AD01', autoencoder, { macs: 264_192, arena: 2_052 }],
  ['VWW', visualWakeWords, { macs: 7_489_664, arena: 9_600 }],
])('%s', (_, make, { macs, arena }) => {
  it('is planned small, and its C equals the reference on the host and on Cortex-M4', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'effnetc-shape-'));
    try {
      const file = join(directory, 'net.tflite');
      writeFileSync(file, writeTflite(make()));
      const loaded = loadImportedModel(file, new Session());
      const { graph } = loaded;
      expect(countMacs(graph)).toBe(macs);
      const { firmware, plan } = compileModel(loaded, loadTarget('cortex-m4'), '0.0.0');
      expect(plan.arenaBytes).toBeLessThanOrEqual(arena);
      const vectors = randomVectors(2, byteCount(sourceOf(graph).type));
      const expected = await referenceTensors(graph, vectors);
      // No layer is dead or saturated, which would be compared in vain.
      for (const [name, values] of expected[0])
        if (values.length > 100) expect(new Set(values).size, name).toBeGreaterThan(16);
      const reports = await verifyDrivers(graph, firmware, vectors, expected, [hostDriver, qemuDriver]);
      const ran = process.env.CI === 'true' ? reports : reports.filter(report => report.status !== 'skipped');
      expect(ran.map(report => report.status)).toEqual(ran.map(() => 'equal'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 180_000);
});

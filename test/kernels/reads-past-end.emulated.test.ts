import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { type CompiledModel, compileModel } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Target } from '../../src/target/target.js';
import type { Firmware } from '../../src/toolchain/firmware.js';
import { needsTool } from '../emulation/tools.js';
import { buildModel } from '../ops/models.js';

// Intrinsics do not run on the host under sanitizers. So what a kernel reads lies at the very end of a memory of the emulated board:
// the next byte is not there, and reading it is a fault.

/** QEMU's mps3-an547 (hw/arm/mps2-tz.c): nothing after the data TCM. */
const dataEnd = 0x30080000;

/** One layer of each kernel for MVE, with sizes that fill no vector. */
const layers = {
  'few inputs': ['height: 3, width: 6, channels: 5', 'x = conv(x, { channels: 12, kernel: 1 });', 'mve few inputs'],
  tiles: ['height: 3, width: 5, channels: 19', 'x = conv(x, { channels: 7, kernel: 3, padding: 1 });', 'mve tiles'],
  'in place': ['height: 3, width: 5, channels: 48', 'x = conv(x, { channels: 9, kernel: 1 });', 'mve tiles'],
  depthwise: ['height: 5, width: 5, channels: 21', 'x = depthwiseConv(x, { kernel: 3, padding: 1 });', 'mve'],
  maxPool: ['height: 4, width: 6, channels: 13', 'x = maxPool(x, { kernel: 2 });', 'mve'],
  dense: ['height: 1, width: 3, channels: 7', 'x = dense(x, { units: 5 });', 'mve'],
} as const;

async function compiled(name: keyof typeof layers, target: Target): Promise<CompiledModel> {
  const [input, body, variant] = layers[name];
  const { fused, images } = await buildModel('edge', input, body);
  const graph = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'native'));
  const file = join(packageRoot(), 'package.json');
  return compileModel({ graph, rounding: 'native', source: { model: file, weights: file } }, target, '0.0.0', {
    choose: candidates =>
      new Map(
        candidates.map(({ node, rows }) => {
          const plan = rows.find(candidate => candidate.name === variant)?.plan;
          return [node.name, { rows: plan ?? expect.fail(`no ${variant}`) }];
        }),
      ),
  });
}

async function outcome({ graph }: CompiledModel, firmware: Firmware): Promise<string> {
  const vectors = randomVectors(2, firmware.inputBytes);
  const [report] = await verifyDrivers(graph, firmware, vectors, await referenceTensors(graph, vectors), [qemuDriver]);
  return report.status === 'equal' ? 'equal' : JSON.stringify(report);
}

/** The firmware with a copy of the image so many bytes before the end of the data TCM. */
function inputAtEnd(firmware: Firmware, bytes: number): Firmware {
  const source = firmware.files.get(`${firmware.name}.c`) ?? expect.fail('no source');
  const inner = source.replace(/^void \w+_infer\(/m, 'static void inner(');
  const wrapper = `
void ${firmware.name}_infer(const int8_t input[${firmware.inputBytes}], int8_t output[${firmware.outputBytes}])
{
    int8_t *const image = (int8_t *)UINT32_C(${dataEnd - bytes});
    for (int32_t i = 0; i < ${Math.min(firmware.inputBytes, bytes)}; ++i) {
        image[i] = input[i];
    }
    inner(image, output);
}
`;
  return { ...firmware, files: new Map([...firmware.files, [`${firmware.name}.c`, inner + wrapper]]) };
}

describe.skipIf(!needsTool('arm-none-eabi-gcc') || !needsTool('qemu-system-arm'))('kernels for MVE', () => {
  const target = loadTarget('cortex-m55');
  it.each(Object.keys(layers) as (keyof typeof layers)[])(
    'read nothing after their input: %s',
    async name => {
      const model = await compiled(name, target);
      const { inputBytes } = model.firmware;
      expect(await outcome(model, inputAtEnd(model.firmware, inputBytes))).toBe('equal');
    },
    120_000,
  );

  it('would be seen: an image whose last byte is missing faults', async () => {
    const model = await compiled('tiles', target);
    expect(await outcome(model, inputAtEnd(model.firmware, model.firmware.inputBytes - 1))).toMatch(/HardFault/);
  }, 120_000);
});

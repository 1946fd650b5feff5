import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denseBody, modelText, Workspace } from '../cli/workspace.js';

const user = new Workspace();
beforeAll(async () => {
  await user.fill();
  user.array('int8.npy', [2, 4, 4, 1], new Int8Array(32));
  user.array('flat.npy', [2, 4, 4, 1], new Uint8Array(32).fill(9, 16));
  user.array(
    'same.npy',
    [2, 4, 4, 1],
    Uint8Array.from({ length: 32 }, (_, i) => i % 16),
  );
  user.array(
    'units.npy',
    [2, 4, 4, 1],
    Float32Array.from({ length: 32 }, (_, i) => (i * 37) % 256),
  );
  user.array('nan.npy', [2, 4, 4, 1], new Float32Array(32).fill(Number.NaN, 5));
  user.array('words.npy', [2, 4, 4, 1], new Int16Array(32));
  user.array('shape.npy', [2, 4, 5, 1], new Uint8Array(40));
  user.array('y99.npy', [5], Int32Array.of(0, 1, 99, 2, 0));
  user.array('y3000.npy', [3000], new Int32Array(3000));
  user.array('y.npy', [5], Int32Array.of(0, 1, 2, 2, 0));
  user.write('bare.ts', modelText(denseBody, { input: 'height: 4, width: 4, channels: 1' }));
  user.write('nothing.ts', modelText("activation(x, 'identity')"));
  user.write('together.ts', modelText("add(curve(x, { function: 'tanh' }), x)"));
  user.write('untaken.ts', modelText("activation(curve(x, { function: 'tanh' }), 'hardSwish')"));
  user.write('none.safetensors', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]));
  user.write('file', 'not a directory');
});
afterAll(() => user.remove());

const quantised = '--weights q.safetensors';
const evaluate = `evaluate model.ts ${quantised} --images x.npy`;
const compile = 'compile model.ts --weights q.safetensors --target host';

describe('refused, as the user sees it', () => {
  it.each([
    ['label beyond the classes', 2, `${evaluate} --labels y99.npy`],
    [
      'label beyond the classes of argmax',
      2,
      `${evaluate.replaceAll('model.ts', 'argmax.ts').replace('q.', 'qa.')} --labels y99.npy`,
    ],
    ['more labels than images', 2, `${evaluate} --labels y3000.npy`],
    ['int8 calibration without scale', 2, 'quantize bare.ts --weights w.safetensors --calibration int8.npy -o no.st'],
    ...['flat', 'same', 'units', 'nan', 'words', 'shape'].map(
      images =>
        [
          `calibration images: ${images}`,
          2,
          `quantize model.ts --weights w.safetensors --calibration ${images}.npy -o no.st`,
        ] as const,
    ),
    ['nothing but an identity', 2, 'quantize nothing.ts --weights none.safetensors --calibration x.npy -o no.st'],
    ['int8 and int16 together', 2, 'compile together.ts --random-weights --target host -o no'],
    ['int16 that an op does not take', 2, 'compile untaken.ts --random-weights --target host -o no'],
    ['nothing but an identity, random weights', 2, 'compile nothing.ts --random-weights --target host -o no'],
    ['driver that cannot run the target', 2, `${evaluate} --labels y.npy --driver rp2040js --target cortex-m4`],
    ['.tflite', 2, 'compile net.tflite --target host -o no'],
    ['.onnx and random weights', 2, 'verify net.onnx --target host --random-weights'],
    ['.ONNX that is not there', 2, 'quantize net.ONNX --calibration x.npy -o no.st'],
    ['.onnx and --weights', 2, 'quantize net.onnx --weights w.safetensors --calibration x.npy -o no.st'],
    ['.keras', 2, 'verify net.keras --target host --random-weights'],
    [
      'JSON and weights on one stream',
      2,
      'quantize model.ts --weights w.safetensors --calibration x.npy -o /dev/stdout --json',
    ],
    ['empty output', 2, `${compile} -o ''`],
    ['output that is a file', 2, `${compile} -o file`],
  ] as const)('%s', async (_name, exitCode, argv) => {
    const { code, stdout, stderr } = await user.run(argv);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(exitCode);
    if (argv.endsWith('--json')) expect(JSON.parse(stdout).error.exitCode).toBe(exitCode);
    for (const never of ['no', 'no.st']) expect(existsSync(join(user.directory, never))).toBe(false);
  });

  it('takes more labels than images with --limit', async () => {
    expect((await user.run(`${evaluate} --labels y3000.npy --limit 2`)).code).toBe(0);
  });

  it('offers an import only of a file that exists', async () => {
    const importing = (from: string) => `import { a } from '${from}';\n${modelText(denseBody)}`;
    writeFileSync(join(user.directory, 'blocks.ts'), 'export const a = 1;\n');
    const hintOf = async (from: string) => {
      user.write('importing.ts', importing(from));
      const { stderr } = await user.run(`compile importing.ts ${quantised} --target host -o no`);
      return /= help: (.*)/.exec(stderr)?.[1];
    };
    expect(await hintOf('../../../../etc/passwd')).toBe("name a file of your own, as in './blocks.js'");
    expect(await hintOf('./blocks')).toBe("write './blocks.js'");
    expect(await hintOf('./blocks.json')).toBe("write './blocks.js'");
  });
});

describe('run', () => {
  it('prints outputs without end', async () => {
    const input = 'height: 400, width: 400, channels: 1, scale: 1 / 255, zeroPoint: -128';
    user.write('wide.ts', modelText("maxPool(x, { name: 'p', kernel: 1 })", { input }));
    user.array('wide.npy', [1, 400, 400, 1], new Uint8Array(160_000).fill(7, 1000));
    const made = await user.run('quantize wide.ts --weights none.safetensors --calibration wide.npy -o wide.st');
    expect(made.code).toBe(0);
    expect(`\n${made.stderr}`).toMatchSnapshot();
    const { code, stdout } = await user.run('run wide.ts --weights wide.st --input wide.npy');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ *1000 +-121 +0\.0275 +<- largest$/m);
    expect(stdout).toMatch(/\nthe 20 largest of 160,000; --json gives all\n$/);
    const json = JSON.parse((await user.run('run wide.ts --weights wide.st --input wide.npy --json')).stdout);
    expect(json.class).toBe(1000);
    expect(json.scores).toHaveLength(160_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../src/frontend/arrays/npy.js';
import { missingReason } from '../../src/toolchain/tools.js';
import { denseBody, modelText, Workspace } from './workspace.js';

const user = new Workspace();
const quantize = (more: string, model = 'model.ts') =>
  user.run(`quantize ${model} --weights w.safetensors --calibration x.npy ${more}`);

beforeAll(async () => {
  await user.fill();
  user.write('bare.ts', modelText(denseBody, { input: 'height: 4, width: 4, channels: 1' }));
  user.write('squashed.ts', modelText(`activation(${denseBody}, 'tanh')`));
  expect(await quantize('-o fc16.safetensors --activation-bits fc=16')).toMatchObject({ code: 0 });
  expect(await quantize('-o all16.safetensors --activation-bits *=16,input=16', 'bare.ts')).toMatchObject({ code: 0 });
  user.array('words.npy', [5, 4, 4, 1], readAsWords('x.npy'));
  user.array('zeros.npy', [5, 3], new Int16Array(15));
  user.array('bytes.npy', [5, 3], new Int8Array(15));
});
afterAll(() => user.remove());

/** Pixels of the workspace in the scale of an input whose largest value is 1 (255), as int16. */
function readAsWords(name: string): Int16Array {
  const pixels = readNpy(`${user.directory}/${name}`).data;
  const largest = Math.max(...pixels);
  return Int16Array.from(pixels, p => Math.round((32767 * p) / largest));
}

describe('--activation-bits', () => {
  it('is in the JSON and in the file, and int8 elsewhere', async () => {
    const { stdout } = await quantize('-o json.safetensors --activation-bits fc=16 --json');
    const { layers } = JSON.parse(stdout);
    expect(layers.map(({ name, bits }: { name: string; bits?: number }) => [name, bits])).toEqual([
      ['input', undefined],
      ['fc', 16],
    ]);
    expect(layers[1].zeroPoint).toBe(0);
    expect(layers[1].values).toHaveLength(32);
    expect(user.read('json.safetensors')).toContain('effnetc-quantised-4');
    expect(user.read('q.safetensors')).toContain('effnetc-quantised-2');
  });

  it('more steps are less noise', async () => {
    const noise = async (more: string) => JSON.parse((await quantize(`-o n.safetensors --json${more}`)).stdout).layers;
    const [, narrow] = await noise('');
    const [, wide] = await noise(' --activation-bits fc=16');
    expect(wide.signalToNoise).toBeGreaterThan(narrow.signalToNoise + 3);
  });

  it.each(['fd=16', 'fc=4', 'fc=32', 'fc', 'input=16'])('refuses %s', async rules => {
    const { code, stderr } = await quantize(`-o no.safetensors --activation-bits ${rules}`);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it('refuses what a table reads', async () => {
    const { code, stderr } = await quantize('-o no.safetensors --activation-bits fc=16', 'squashed.ts');
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it('an input that model.ts declares as int16 is int16; the file has to say so, too', async () => {
    const declared = 'height: 4, width: 4, channels: 1, scale: 1 / 32767, zeroPoint: 0';
    user.write('declared.ts', modelText(denseBody, { input: `${declared}, bits: 16` }));
    expect(await quantize('-o declared.safetensors', 'declared.ts')).toMatchObject({ code: 0 });
    await user.run('compile declared.ts --weights declared.safetensors --target host -o out2');
    expect(user.read('out2/small.h')).toContain('void small_infer(const int16_t input[16], int8_t output[3]);');
    user.write('declared.ts', modelText(denseBody, { input: declared }));
    const { code, stderr } = await user.run('compile declared.ts --weights declared.safetensors --target host -o out2');
    expect([code, stderr]).toEqual([2, expect.stringContaining('E0313')]);
    user.write(
      'declared.ts',
      modelText(denseBody, { input: `${declared.replace('zeroPoint: 0', 'zeroPoint: 1')}, bits: 16` }),
    );
    expect((await quantize('-o no.safetensors', 'declared.ts')).stderr).toContain(
      '16 bits need a scale and the zeroPoint 0',
    );
  });

  it('run shows int16 scores', async () => {
    const { code, stdout } = await user.run('run model.ts --weights fc16.safetensors --input x.npy');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^class +int16 +score/);
    const wide = JSON.parse((await user.run('run model.ts --weights fc16.safetensors --input x.npy --json')).stdout);
    const narrow = JSON.parse((await user.run('run model.ts --weights q.safetensors --input x.npy --json')).stdout);
    expect(wide.class).toBe(narrow.class);
    expect(Math.max(...wide.output.map(Math.abs))).toBeGreaterThan(128);
  });

  it('the header says what the caller gives and gets', async () => {
    await user.run('compile bare.ts --weights all16.safetensors --target host -o out');
    const header = user.read('out/small.h');
    expect(header).toContain('void small_infer(const int16_t input[16], int16_t output[3]);');
    expect(header).toContain('int small_push_row(const int16_t row[4]);');
  });
});

const noTools = process.env.CI !== 'true' && missingReason('hostCompiler') !== undefined;
describe.skipIf(noTools)('int16 inputs and outputs', () => {
  const verify = (more: string) => user.run(`verify bare.ts --weights all16.safetensors --target host --json ${more}`);

  it.each(['x.npy', 'words.npy'])('%s', async inputs => {
    const { code, stdout } = await verify(`--inputs ${inputs} --random 3 --expect zeros.npy --entry push-row`);
    expect(JSON.parse(stdout)).toMatchObject({ bitExact: true, vectors: 11, expected: { vectors: 5, equal: 0 } });
    expect(code).toBe(1);
  });

  it('pixels and the words that they stand for are the same input', async () => {
    const outputs = async (input: string) =>
      JSON.parse((await user.run(`run bare.ts --weights all16.safetensors --input ${input} --json`)).stdout).scores;
    expect(await outputs('words.npy')).toEqual(await outputs('x.npy'));
  });

  it('int8 where int16 is meant is refused', async () => {
    user.array('narrow.npy', [5, 4, 4, 1], new Int8Array(80));
    for (const more of ['--inputs narrow.npy', '--inputs x.npy --expect bytes.npy']) {
      const { code, stderr } = await verify(more);
      expect(`\n${stderr}`).toMatchSnapshot();
      expect(code).toBe(2);
    }
  });

  it('evaluate counts by int16 scores', async () => {
    user.array('y.npy', [5], Int32Array.of(0, 1, 2, 2, 0));
    const by = async (weights: string, driver: string) =>
      JSON.parse(
        (
          await user.run(
            `evaluate model.ts --weights ${weights} --images x.npy --labels y.npy --driver ${driver} --json`,
          )
        ).stdout,
      ).correct;
    expect(await by('fc16.safetensors', 'host')).toBe(await by('q.safetensors', 'reference'));
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const user = new Workspace();
beforeAll(async () => {
  await user.fill();
});
afterAll(() => user.remove());

const quantize = 'quantize model.ts --weights w.safetensors --calibration x.npy -o n.safetensors';
const labelled = '--images x.npy --labels found.npy';

describe('bits that are searched for', () => {
  it('--max-flash narrows until the weights fit, and the file says how', async () => {
    const { stdout, code } = await user.run(`${quantize} --max-flash 20 --json`);
    expect(code).toBe(0);
    const { weightBits } = JSON.parse(stdout);
    // 48 weights: 24 bytes in 4 bits, 18 in 3.
    expect(weightBits).toMatchObject({ bytes: 18, layers: [{ layer: 'fc', bits: 3, bytes: 18 }], measured: [] });
    const verified = await user.run('verify model.ts --weights n.safetensors --target host --driver host --json');
    expect(JSON.parse(verified.stdout).bitExact).toBe(true);
  });

  it('--max-flash that nothing meets is refused', async () => {
    const { stderr, code } = await user.run(`${quantize} --max-flash 5`);
    expect(code).toBe(2);
    expect(stderr).toContain('E0507');
    expect(stderr).toContain('the weights take 6 bytes where they are narrowest, more than the 5 wanted');
  });

  it('--min-accuracy that nothing meets is refused, with what there is', async () => {
    user.array('found.npy', [5], Int32Array.of(0, 1, 2, 0, 1));
    const { stderr, code } = await user.run(`${quantize} --min-accuracy 100 ${labelled}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/E0507.*% of the images are right, fewer than the 100.00 % wanted/);
  });

  it('--min-accuracy 0 takes the narrowest weights there are, and says what they are worth', async () => {
    user.array('found.npy', [5], Int32Array.of(0, 1, 2, 0, 1));
    const { stdout } = await user.run(`${quantize} --min-accuracy 0 ${labelled} --json`);
    const { weightBits } = JSON.parse(stdout);
    expect(weightBits.bytes).toBe(6);
    expect(weightBits.measured.at(-1)).toEqual({ bytes: 6, accuracy: weightBits.accuracy });
    const text = (await user.run(`${quantize} --min-accuracy 0 ${labelled}`)).stdout;
    expect(text).toMatch(
      /layer +bits +error +weights\nfc +1 .* 6 B\nweights: 6 B, \d+\.\d\d % of the labelled images right/,
    );
  });

  it.each([
    ['--min-accuracy 50', 'E0910'],
    ['--min-accuracy 50 --images x.npy', 'E0910'],
    ['--min-accuracy 101', 'E0905'],
    ['--max-flash 20 --weight-bits *=4', 'E0901'],
  ])('%s is refused', async (options, code) => {
    expect((await user.run(`${quantize} ${options}`)).stderr).toContain(code);
  });
});

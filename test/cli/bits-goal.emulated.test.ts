import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Random } from '../../src/numeric/random.js';
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
    const { stderr, code } = await user.run(`${quantize} --min-accuracy 100 ${labelled} --driver reference`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/E0507.*% of the images are right, fewer than the 100.00 % wanted/);
  });

  it('--min-accuracy 0 takes the narrowest weights there are, and says what they are worth', async () => {
    user.array('found.npy', [5], Int32Array.of(0, 1, 2, 0, 1));
    const { stdout, stderr } = await user.run(`${quantize} --min-accuracy 0 ${labelled} --driver reference`, {
      tty: true,
    });
    expect(stdout).toMatch(/weights: 6 B, \d+\.\d\d % of the labelled images right \(by reference\)/);
    // On a terminal each of the states that are looked at shows what is being done to it.
    const states = [...stderr.matchAll(/state (\d+) of at most (\d+): (fitting layers|measuring) {2}/g)];
    expect(new Set(states.map(([, state]) => state)).size).toBeGreaterThan(2);
    expect(new Set(states.map(([, , , stage]) => stage))).toEqual(new Set(['fitting layers', 'measuring']));
  });

  it('--min-accuracy measures by the C on this machine, and the JSON has every state', async () => {
    user.array('found.npy', [5], Int32Array.of(0, 1, 2, 0, 1));
    const { weightBits } = JSON.parse((await user.run(`${quantize} --min-accuracy 0 ${labelled} --json`)).stdout);
    expect(weightBits).toMatchObject({ bytes: 6, driver: 'host' });
    expect(weightBits.measured.at(-1)).toEqual({ bytes: 6, accuracy: weightBits.accuracy });
    expect(weightBits.measured[0].bytes).toBe(48);
    expect(weightBits.estimated.length).toBeGreaterThan(0);
  });

  it('without a compiler it takes the reference, and says so', async () => {
    vi.stubEnv('EFFNETC_HOST_CC', '/nowhere/cc');
    try {
      const { stdout } = await user.run(`${quantize} --min-accuracy 0 ${labelled}`);
      expect(stdout).toMatch(/layer +bits +error +weights\nfc +1 .* 6 B\nweights: 6 B, .* right/);
      expect(stdout).toContain('(by reference, which is slow: EFFNETC_HOST_CC names "/nowhere/cc"');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('--min-accuracy that int8 does not meet makes activations int16', async () => {
    const random = new Random('images');
    const count = 400;
    const pixels = Uint8Array.from({ length: count * 16 }, () => Math.floor(random.uniform(0, 256)));
    user.array('many.npy', [count, 4, 4, 1], pixels);
    const images = Array.from({ length: count }, (_, i) => pixels.subarray(16 * i, 16 * i + 16));
    // The weights of the workspace.
    const weight = (i: number) => ((i * 7) % 11) / 11 - 0.5;
    const scores = (image: Uint8Array) =>
      [0.1, -0.2, 0.3].map((bias, o) => image.reduce((sum, p, i) => sum + (p / 255) * weight(16 * o + i), bias));
    const best = images.map(image => scores(image).reduce((b, s, i, all) => (s > all[b] ? i : b), 0));
    // One label is wrong, so that not all of them can be met.
    best[0] = (best[0] + 1) % 3;
    user.array('best.npy', [count], Int32Array.from(best));
    const accuracyOf = async (bits: string) => {
      await user.run(`${quantize} ${bits}`);
      const evaluated = await user.run(
        'evaluate model.ts --weights n.safetensors --images many.npy --labels best.npy --json',
      );
      return JSON.parse(evaluated.stdout).accuracy;
    };
    const [int8, int16] = [await accuracyOf('--activation-bits fc=8'), await accuracyOf('--activation-bits fc=16')];
    expect(int16).toBeGreaterThan(int8);
    const goal = (accuracy: number) =>
      `${quantize} --min-accuracy ${(100 * accuracy).toFixed(2)} --images many.npy --labels best.npy --driver reference --json`;
    expect(JSON.parse((await user.run(goal(int8))).stdout).activationBits).toBeUndefined();
    const found = JSON.parse((await user.run(goal(int16))).stdout);
    expect(found.activationBits).toEqual([{ layer: 'fc', bits: 16 }]);
    expect(found.weightBits.accuracy).toBe(int16);
    const { stderr } = await user.run(goal(int16 + 0.0025));
    expect(stderr).toMatch(/E0507.*\n.*\n.*with int16 activations of fc/);
    // What is said of activations stays.
    const kept = await user.run(`${goal(int16)} --activation-bits fc=8`);
    expect(kept.stderr).toContain('E0507');
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

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
    const { stderr, code } = await user.run(`${quantize} --max-flash 11`);
    expect(code).toBe(2);
    expect(stderr).toContain('E0507');
    expect(stderr).toContain('the weights take 12 bytes where they are narrowest, more than the 11 wanted');
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
    expect(stdout).toMatch(/weights: 12 B, \d+\.\d\d % of the labelled images right \(by reference\)/);
    // On a terminal each of the states that are looked at shows what is being done to it.
    const states = [...stderr.matchAll(/state (\d+) of at most (\d+): (fitting layers|measuring) {2}/g)];
    expect(new Set(states.map(([, state]) => state)).size).toBeGreaterThan(2);
    expect(new Set(states.map(([, , , stage]) => stage))).toEqual(new Set(['fitting layers', 'measuring']));
  });

  it('--min-accuracy measures by the C on this machine, and the JSON has every state', async () => {
    user.array('found.npy', [5], Int32Array.of(0, 1, 2, 0, 1));
    const { weightBits } = JSON.parse((await user.run(`${quantize} --min-accuracy 0 ${labelled} --json`)).stdout);
    expect(weightBits).toMatchObject({ bytes: 12, driver: 'host' });
    expect(weightBits.measured.at(-1)).toEqual({ bytes: 12, accuracy: weightBits.accuracy });
    expect(weightBits.measured[0].bytes).toBe(48);
    expect(weightBits.estimated.length).toBeGreaterThan(0);
  });

  it('without a compiler it takes the reference, and says so', async () => {
    vi.stubEnv('EFFNETC_HOST_CC', '/nowhere/cc');
    try {
      const { stdout } = await user.run(`${quantize} --min-accuracy 0 ${labelled}`);
      expect(stdout).toMatch(/layer +bits +error +weights\nfc +2 .* 12 B\nweights: 12 B, .* right/);
      expect(stdout).toContain('(by reference, which is slow: EFFNETC_HOST_CC names "/nowhere/cc"');
    } finally {
      vi.unstubAllEnvs();
    }
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

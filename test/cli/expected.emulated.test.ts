import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingReason } from '../../src/toolchain/tools.js';
import { Workspace } from './workspace.js';

const user = new Workspace();
beforeAll(async () => {
  await user.fill();
  user.array('nan.npy', [5, 3], new Float32Array(15).fill(Number.NaN));
  user.array('bytes.npy', [5, 3], new Int8Array(15));
  user.array('wide.npy', [5, 3], new Int32Array(15));
  user.array('four.npy', [4, 3], new Int8Array(12));
  user.array('class.npy', [5], new Int32Array(5));
  user.array('class8.npy', [5], new Int8Array(5));
});
afterAll(() => user.remove());

const verify = (model: string, weights: string, more: string) =>
  user.run(`verify ${model} --weights ${weights} --target host ${more}`);

describe('--expect refuses', () => {
  it.each([
    ['without --inputs', 'model.ts', '--expect bytes.npy'],
    ['floats, which may be NaN', 'model.ts', '--inputs x.npy --expect nan.npy'],
    ['floats, with --json too', 'model.ts', '--inputs x.npy --expect nan.npy --json'],
    ['int32 for int8 outputs', 'model.ts', '--inputs x.npy --expect wide.npy'],
    ['int8 for the index of argmax', 'argmax.ts', '--inputs x.npy --expect class8.npy'],
    ['outputs of fewer inputs', 'model.ts', '--inputs x.npy --expect four.npy'],
    ['outputs of more inputs', 'model.ts', '--inputs few.npy --expect bytes.npy'],
    ['a file that is not there', 'model.ts', '--inputs x.npy --expect nowhere.npy'],
  ])('%s', async (_name, model, more) => {
    user.array('few.npy', [3, 4, 4, 1], new Uint8Array(48));
    const { code, stderr } = await verify(model, model === 'model.ts' ? 'q.safetensors' : 'qa.safetensors', more);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });
});

const noTools = process.env.CI !== 'true' && missingReason('hostCompiler') !== undefined;
describe.skipIf(noTools)('--expect counts', () => {
  it('what differs, and by how much', async () => {
    const { code, stdout } = await verify('model.ts', 'q.safetensors', '--inputs x.npy --expect bytes.npy --json');
    expect(code).toBe(1);
    const { bitExact, expected } = JSON.parse(stdout);
    expect(bitExact).toBe(true);
    expect(expected).toMatchObject({ vectors: 5, equal: 0 });
    expect(expected.maxAbsDiff).toBeGreaterThan(0);
  });

  it('indices of argmax, and fewer inputs with --limit', async () => {
    const more = '--inputs x.npy --limit 2 --expect class.npy --json';
    expect(JSON.parse((await verify('argmax.ts', 'qa.safetensors', more)).stdout).expected.vectors).toBe(2);
  });
});

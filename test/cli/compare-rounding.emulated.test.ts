import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const user = new Workspace();
beforeAll(() => user.fill());
afterAll(() => user.remove());

const verify = 'verify model.ts --weights q.safetensors --target host --random 40';

it('counts what another rounding rule would change, layer by layer', async () => {
  const { code, stdout } = await user.run(`${verify} --compare-rounding tflite --json`);
  expect(code).toBe(0);
  const { rounding, roundings, vectors } = JSON.parse(stdout);
  expect(rounding).toBe('native');
  expect(roundings.rounding).toBe('tflite');
  const [fc] = roundings.layers;
  // The first layer sees the same input under both rules.
  expect(fc).toMatchObject({ name: 'fc', elements: 3 * vectors, alone: fc.together });
  expect(fc.maxAbsDiff).toBeLessThanOrEqual(1);
  expect(roundings.vectors).toBeLessThanOrEqual(fc.together);
});

it('finds nothing to change between a rule and itself', async () => {
  const { stdout } = await user.run(`${verify} --compare-rounding native`);
  expect(stdout).toMatch(/fc +\d+ +0 +0 +0/);
  expect(stdout).toContain('result: 0 of');
});

import { describe, expect, it } from 'vitest';
import { runFloat } from '../../src/interpreter/reference.js';
import { roundings } from '../../src/numeric/requantise.js';
import { exhaustive, expectEquality, type Way } from './equality.js';
import { makeModel, models } from './models.js';

const ways = [
  { entry: 'infer', order: 'search' },
  { entry: 'push-row', order: 'search' },
  { entry: 'push-row', order: 'layers' },
  { entry: 'infer', order: 'demand' },
] as const;

/** Every rule, and one way for each, other pairs for each model; in the slow suite all pairs. */
const onHost = (model: number): readonly Way[] =>
  roundings.flatMap((rounding, r) =>
    (exhaustive ? ways : [ways[(model + r) % ways.length]]).map(way => ({ target: 'host', rounding, ...way })),
  );

describe.each(Object.keys(models).map((name, m) => [name, m] as const))('%s', (name, m) => {
  it('fusing keeps the float values', async () => {
    const { plain, fused, images } = await makeModel(name);
    for (const image of images) {
      const before = runFloat(plain, image).get(plain.output) ?? [];
      const after = runFloat(fused, image).get(fused.output) ?? [];
      expect(after.length).toBe(before.length);
      for (let i = 0; i < before.length; i++)
        expect(Math.abs(after[i] - before[i])).toBeLessThan(1e-4 * (1 + Math.abs(before[i])));
    }
  });

  it.each(onHost(m))('the C equals the reference: $target, $rounding, $entry, $order', way =>
    expectEquality(name, way),
  );
});

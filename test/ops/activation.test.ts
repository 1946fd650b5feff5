import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { translations as onnx } from '../../src/frontend/onnx/ops/index.js';
import { translations as tflite } from '../../src/frontend/tflite/ops/index.js';
import {
  type Activation,
  activate,
  activationSchema,
  activationTable,
  hasUpperBound,
  isClamp,
  isIdentity,
  isPiecewiseLinear,
  scalesWithInput,
  slopeBelow,
} from '../../src/ops/shared/activation.js';
import type * as vocabulary from '../../src/vocabulary/index.js';

const samples: readonly Activation[] = activationSchema.options.map(({ shape }) => {
  const kind = shape.kind.value;
  return activationSchema.parse(kind === 'leakyRelu' ? { kind, slope: 0.25 } : { kind });
});
const xs = [-40, -7, -3, -1.5, -1, -0.25, 0, 0.25, 1, 3, 6, 7, 40];

describe.each(samples.map(one => [one.kind, one] as const))('%s', (kind, activation) => {
  it('is imported from every operator that is this function', () => {
    const { operators } = activationTable.get(kind) ?? expect.fail('no row');
    for (const name of operators.tflite) expect([...tflite.keys()]).toContain(name);
    for (const name of operators.onnx) expect([...onnx.keys()]).toContain(name);
  });

  it('is what its shape says', () => {
    const values = xs.map(x => activate(activation, x, 0.5));
    if (isIdentity(activation)) expect(values).toEqual(xs);
    if (hasUpperBound(activation)) expect(values.at(-1)).toBe(values.at(-2));
    if (scalesWithInput(activation))
      expect(xs.map(x => activate(activation, 4 * x, 0.5))).toEqual(values.map(y => 4 * y));
    if (isPiecewiseLinear(activation) && !isClamp(activation)) {
      const below = slopeBelow(activation);
      expect(values).toEqual(xs.map(x => (x < 0 ? x * (below === 'parameter' ? 0.5 : below) : x)));
    }
  });
});

it('a model may name all of them', () => {
  expectTypeOf<vocabulary.Activation['kind']>().toEqualTypeOf<Activation['kind']>();
  expectTypeOf<vocabulary.Activation>().toExtend<z.input<typeof activationSchema>>();
});

it('elu is x from zero on, and alpha * (exp(x) - 1) below', () => {
  for (const x of xs) {
    const expected = x >= 0 ? x : 0.5 * Math.expm1(x);
    expect(Math.abs(activate({ kind: 'elu', alpha: 0.5 }, x, 0) - expected)).toBeLessThan(1e-14);
  }
});

import { describe, it } from 'vitest';
import { expectEquality, onCores } from './equality.js';
import { models } from './models.js';

const cores = ['cortex-m4', 'cortex-m55'];

describe.each(Object.keys(models).map((name, m) => [name, m] as const))('%s', (name, m) => {
  it.each(onCores(cores, m))('the C equals the reference: $target, $rounding', way => expectEquality(name, way));
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { cacheText, type Figure, readCache } from '../../src/select/tuning-cache.js';

const figure = (kernel: string, instructions: number, digest = 'a'): Figure => ({
  target: 'cortex-m4',
  compiler: 'arm-none-eabi-gcc 12.2.1',
  layer: 'conv 4x4x8 -> 4x4x8',
  kernel,
  digest: digest.repeat(64),
  instructions,
});

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-tune-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function read(text: string, version = '1.0.0'): readonly Figure[] {
  const file = join(directory, 'cache.json');
  writeFileSync(file, text);
  return readCache(file, 'cache.json', version);
}

function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code} ${message}`).join();
  }
  return 'nothing';
}

describe('the tuning cache', () => {
  const figures = [figure('b', 2, 'b'), figure('a', 1, 'a')];

  it('is the same text in whatever order figures come, one line each', () => {
    const text = cacheText(figures, '1.0.0');
    expect(cacheText([...figures].reverse(), '1.0.0')).toBe(text);
    expect(text.split('\n').filter(line => line.includes('instructions'))).toHaveLength(2);
    expect(text).not.toMatch(/20\d\d-|\/tmp|\/home/);
  });

  it('reads what it wrote', () => {
    expect(read(cacheText(figures, '1.0.0'))).toEqual([figure('a', 1, 'a'), figure('b', 2, 'b')]);
  });

  it('holds the newer of two figures of one kernel', () => {
    expect(read(cacheText([figure('a', 1), figure('a', 5)], '1.0.0'))).toEqual([figure('a', 5)]);
  });

  it('has no figures for another version of effnetc', () => {
    expect(read(cacheText(figures, '1.0.0'), '2.0.0')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['half of it', cacheText(figures, '1.0.0').slice(0, 200)],
    ['another form', '{"effnetc": "1.0.0"}'],
    ['a negative count', cacheText([figure('a', -1)], '1.0.0')],
    ['a digest that is none', cacheText([figure('a', 1, 'x')], '1.0.0')],
    ['a field too many', cacheText(figures, '1.0.0').replace('"kernel"', '"more": 1, "kernel"')],
  ])('is refused with %s', (_, text) => {
    expect(refusal(text)).toMatch(/^E0915 the tuning cache "cache.json" is not/);
  });
});

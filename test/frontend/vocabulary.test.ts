import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blockTable } from '../../src/frontend/blocks/index.js';
import { opTable } from '../../src/ops/index.js';
import * as vocabulary from '../../src/vocabulary.js';

describe('vocabulary', () => {
  it('exports defineModel, every op that a model may call, and every block', () => {
    const callable = [...opTable.values()].filter(op => op.vocabulary !== undefined).map(op => op.kind);
    expect(Object.keys(vocabulary).sort()).toEqual(['defineModel', ...callable, ...blockTable.keys()].sort());
  });

  it('says so when somebody executes a model file', () => {
    expect(() => vocabulary.defineModel('m', () => vocabulary.input({ height: 1, width: 1, channels: 1 }))).toThrow(
      'model files are read by effnetc, not executed',
    );
  });

  it('imports nothing, so that the reader can show it to the type checker alone', () => {
    expect(readFileSync(new URL('../../src/vocabulary.ts', import.meta.url), 'utf8')).not.toMatch(
      /^import |require\(/m,
    );
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blockTable } from '../../src/frontend/blocks/index.js';
import { opTable } from '../../src/ops/index.js';
import * as vocabulary from '../../src/vocabulary/index.js';

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

  it('imports nothing but its own files, so that the reader can show it to the type checker alone', () => {
    const folder = new URL('../../src/vocabulary/', import.meta.url);
    for (const name of readdirSync(folder).filter(file => file.endsWith('.ts'))) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      expect(
        [...text.matchAll(/^(?:import|export) .*from '([^']*)'/gm)].filter(([, from]) => !from.startsWith('./')),
        name,
      ).toEqual([]);
      expect(text, name).not.toMatch(/require\(|import\(/);
    }
  });
});

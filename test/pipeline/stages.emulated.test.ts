import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseGraph } from '../../src/ir/parse.js';
import { packageRoot } from '../../src/package-root.js';
import { stages } from '../../src/pipeline/index.js';
import { stageNames } from '../../src/pipeline/stage.js';
import { capture } from '../cli/capture.js';

const out = mkdtempSync(join(tmpdir(), 'effnetc-stages-'));
afterAll(() => rmSync(out, { recursive: true }));

const names = stages.map(({ name }) => name);
const tiny = ['compile', 'examples/tiny/model.ts', '--random-weights', '--target', 'cortex-m4'];

describe('the stages', () => {
  it('run in the order of their names', () => {
    expect(names).toEqual(stageNames);
  });

  it('are those of docs/architecture.md', () => {
    const text = readFileSync(join(packageRoot(), 'docs', 'architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, name, does]) => ({ name, does }));
    expect(rows.filter(({ name }) => stageNames.some(stage => stage === name))).toEqual(
      stages.map(({ name, does }) => ({ name, does })),
    );
  });
});

describe('--print-after', () => {
  it('all prints the network after each stage, in the order in which they run', async () => {
    const { code, stdout } = await capture([...tiny, '-o', join(out, 'c'), '--print-after', 'all']);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^# after ([a-z-]+): /gm)].map(([, name]) => name)).toEqual(names);
  });

  it('lower prints an integer graph that can be read back, with bounds and folded biases', async () => {
    const { stdout } = await capture([...tiny, '-o', join(out, 'c'), '--quiet', '--print-after', 'lower']);
    const graph = parseGraph(stdout.replace(/^#.*\n/, ''));
    const conv = graph.nodes.find(({ name }) => name === 'block.conv') ?? expect.fail('no conv');
    expect(Object.keys(conv.constants)).toEqual(
      expect.arrayContaining(['accumulatorLow', 'accumulatorHigh', 'foldedBias']),
    );
  });

  it('with --json is printed on standard error', async () => {
    const { stdout, stderr } = await capture([...tiny, '-o', join(out, 'c'), '--json', '--print-after', 'plan']);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'tiny' });
    expect(stderr).toMatch(/^# after plan: [\s\S]*# steps: 0 /);
  });

  it('takes no other stage', async () => {
    const { code, stderr } = await capture([...tiny, '-o', join(out, 'c'), '--print-after', 'lowering']);
    expect(code).toBe(2);
    expect(stderr).toContain('E0905');
  });
});

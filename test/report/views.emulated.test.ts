import { beforeAll, describe, expect, it } from 'vitest';
import { memoryTable, workTable } from '../../src/report/layer-tables.js';
import { memoryMap } from '../../src/report/memory-map.js';
import { reportPage } from '../../src/report/report-page.js';
import { pushCalls, stepLanes } from '../../src/report/step-lanes.js';
import { figures, misfits, orderBars } from '../../src/report/summary.js';
import { terminalMap } from '../../src/report/terminal-map.js';
import type { StackBound } from '../../src/toolchain/stack-bound.js';
import { type Example, example, madeUp, unmeasured } from './models.js';

let tiny: Example;
let small: Example;
/** tiny, whose input is overwritten. */
let consuming: Example;
beforeAll(async () => {
  tiny = await example('tiny/model.ts');
  small = await example('paper/effnet-svhn.ts', 'microbit');
  consuming = await example('tiny/model.ts', 'cortex-m4', true);
});

/** Corners of a box path. */
function corners(path: string) {
  const [x, y, width, height] = (/^M(\d+) (\d+)h(\d+)v(\d+)h-\d+z$/.exec(path) ?? expect.fail(path))
    .slice(1)
    .map(Number);
  return { x, y, width, height };
}

describe('memoryMap', () => {
  it('shows every block once, at its steps and its bytes', () => {
    const { plan } = small.compiled;
    const map = memoryMap(plan);
    const shown = map.tensors.flatMap(({ blocks }) => blocks.map(({ path }) => path)).sort();
    const expected = plan.buffers.blocks.map(({ from, to, bytes }, b) => {
      return `M${from} ${map.bytes - plan.offsets[b] - bytes}h${to + 1 - from}v${bytes}h-${to + 1 - from}z`;
    });
    expect(shown).toEqual(expected.sort());
    for (const { x, y, width, height } of shown.map(corners)) {
      expect(Math.min(width, height)).toBeGreaterThan(0);
      expect(x + width).toBeLessThanOrEqual(map.steps);
      expect(y).toBeGreaterThanOrEqual(map.bytes - plan.arenaBytes);
      expect(y + height).toBeLessThanOrEqual(map.bytes);
    }
  });

  it('says of a block what it is, and over what it was written', () => {
    const titles = memoryMap(tiny.compiled.plan).tensors.flatMap(({ blocks }) => blocks.map(({ title }) => title));
    expect(titles).toContainEqual(expect.stringMatching(/^block\.pw, row 0: 32 B at \d+, steps 0 to \d+$/));
    expect(titles).toContainEqual(expect.stringMatching(/^fc, sums: 16 B at \d+, steps \d+ to \d+$/));
    expect(titles).toContainEqual(expect.stringMatching(/; written over block\.\w+, row \d$/));
  });

  it('hatches sums and scratch only', () => {
    const { tensors } = memoryMap(tiny.compiled.plan);
    expect(tensors.filter(({ hatched }) => hatched !== '').map(({ layer }) => layer)).toEqual([0, 1, 4, 5]);
  });

  it('shows an input that is overwritten below the arena, with its rows until then', () => {
    const { plan } = consuming.compiled;
    const map = memoryMap(plan);
    expect(map.bytes).toBeGreaterThan(plan.imageBytes + plan.arenaBytes);
    const [input] = map.tensors;
    expect(input).toMatchObject({ layer: 'input', colour: 'input', hatched: '' });
    expect(input.blocks.map(({ path }) => corners(path))).toEqual(
      Array.from({ length: 8 }, (_, row) =>
        expect.objectContaining({ x: 0, y: map.bytes - 24 * (row + 1), width: expect.any(Number), height: 24 }),
      ),
    );
    expect(map.tensors.flatMap(({ blocks }) => blocks.map(({ title }) => title))).toContainEqual(
      expect.stringMatching(/^input, row 1: 24 B at 24, steps 0 to \d+$/),
    );
    const [image, , arena] = map.lines;
    expect(image).toMatchObject({ kind: 'image', path: `M0 ${map.bytes - 192}h${map.steps}`, value: '192 B' });
    expect(arena.path).toBe(`M0 ${map.bytes - 192 - plan.arenaBytes}h${map.steps}`);
    expect(memoryMap(tiny.compiled.plan).lines.map(({ kind }) => kind)).not.toContain('image');
  });

  it('has a line for the RAM of the target where that is below the top', () => {
    const { plan } = tiny.compiled;
    const kinds = (budget?: number) => memoryMap(plan, budget).lines.map(({ kind }) => kind);
    expect(kinds()).toEqual(['bound', 'arena', 'least']);
    expect(kinds(50)).toContain('budget');
    expect(kinds(16_384)).not.toContain('budget');
  });
});

describe('stepLanes', () => {
  it('together have each step once', () => {
    const { plan } = small.compiled;
    const times = stepLanes(plan).flatMap(({ path }) =>
      [...path.matchAll(/M(\d+) 0h(\d+)/g)].flatMap(([, from, count]) =>
        Array.from({ length: Number(count) }, (_, i) => Number(from) + i),
      ),
    );
    expect(times.sort((a, b) => a - b)).toEqual([...plan.steps.keys()]);
  });
});

describe('pushCalls', () => {
  it('joins the calls that only keep their row with the one that can begin', () => {
    expect(pushCalls(10, [0, 0, 0, 4, 4, 9])).toEqual({
      steps: 10,
      calls: [
        { path: 'M0 0h4v1h-4z', title: 'input rows 0 to 2: push_row does steps 0 to 3' },
        { path: 'M4 0h5v1h-5z', title: 'input rows 3 to 4: push_row does steps 4 to 8' },
        { path: 'M9 0h1v1h-1z', title: 'end does step 9' },
      ],
      ticks: 'M0 0v1M4 0v1M9 0v1',
      note: '5 input rows',
    });
  });
});

describe('tables', () => {
  it('say what each layer computes and costs', () => {
    const measurement = madeUp(tiny.compiled);
    const { rows, driver, instructions } = workTable(
      tiny.compiled,
      measurement.kind === 'measured' ? measurement.profile : undefined,
    );
    expect(rows[0]).toMatchObject({
      name: 'block.pw',
      kind: 'conv 1x1, relu',
      input: '8x8x3',
      output: '8x8x4',
      source: 'model.ts:6:13',
      macs: '768',
      instructions: '1,000',
      perMac: '1.30',
      share: '4.8',
      kernel: 'dsp',
    });
    expect(rows[2]).toMatchObject({ name: 'block.pool', macs: '–', perMac: '–', accumulator: '–' });
    expect({ driver, instructions }).toEqual({ driver: '10', instructions: '21,010' });
  });

  it('add up to the totals of the C', () => {
    const { view } = small.compiled;
    const { rows, planTables } = memoryTable(small.compiled, undefined);
    const number = (text: string) => Number(text.replaceAll(',', ''));
    const sum = (texts: readonly string[]) => texts.map(number).reduce((a, b) => a + b, 0);
    expect(sum(rows.map(({ weights }) => weights))).toBe(view.weightBytes);
    expect(sum([...rows.map(({ tables }) => tables), planTables])).toBe(view.tableBytes);
  });
});

describe('summary', () => {
  it('has what a run adds only where there was one', () => {
    const labels = (measured: boolean) =>
      figures(tiny.compiled, measured ? madeUp(tiny.compiled) : unmeasured).map(({ label }) => label);
    expect(labels(true)).toEqual([
      'arena',
      'multiply-accumulates',
      'instructions',
      'cycles, an estimate',
      'RAM in all',
      'stack',
      'flash',
    ]);
    expect(labels(false)).toEqual(['arena', 'multiply-accumulates', 'flash for constants']);
  });

  it('has the stack as measured, with its static bound or why there is none', () => {
    const measurement = madeUp(tiny.compiled);
    const stack = (bound?: StackBound) => {
      if (measurement.kind === 'none') return expect.fail('made up');
      const profile = { ...measurement.profile, ...(bound && { stackBound: bound }) };
      return figures(tiny.compiled, { ...measurement, profile }).find(({ label }) => label === 'stack');
    };
    expect(stack()).toEqual({
      label: 'stack',
      value: '128 B',
      note: 'measured; static bound 136 B: infer 136 B. Interrupts come on top',
    });
    expect(stack({ kind: 'unknown', reason: 'f calls itself' })?.note).toBe(
      'measured; no static bound: f calls itself',
    );
  });

  it('compares the arena with the standard orders', () => {
    const { plan } = small.compiled;
    const bars = orderBars(small.compiled);
    expect(Math.max(...bars.map(({ percent }) => Number(percent)))).toBe(100);
    expect(bars.filter(({ main }) => main).map(({ label }) => label)).toEqual(['arena']);
    expect(plan.standard.layers).toBeGreaterThan(plan.arenaBytes);
  });

  it('says by how much a model does not fit', async () => {
    expect(misfits(small.compiled)).toEqual([]);
    const { compiled } = await example('paper/mobilenet-v2-r6.ts', 'microbit');
    expect(misfits(compiled)).toEqual([
      expect.stringMatching(
        /^E0601: mobilenet_v2_r6 needs \d+ bytes of RAM.*; microbit has 16384: .*; \d+ bytes are live while/,
      ),
      expect.stringMatching(/^E0602: mobilenet_v2_r6 has \d+ bytes of weights and tables; microbit has \d+: /),
    ]);
  });
});

describe('a page of a model that overwrites its input', () => {
  it('says so, and has no calls of push_row', () => {
    const { compiled, loaded } = consuming;
    const page = reportPage(compiled, loaded, madeUp(compiled));
    expect(page).toContain('Rows cannot be pushed, since the input is overwritten.');
    expect(page).toContain('; besides the input, which is overwritten');
    expect(page).toContain('offsets in input and arena');
    expect(page).not.toContain('push_row');
    expect(reportPage(tiny.compiled, tiny.loaded, unmeasured)).not.toMatch(/overwritten/);
  });
});

describe('terminalMap', () => {
  it('is a small picture', () => {
    expect(terminalMap(tiny.compiled.plan)).toMatchSnapshot();
    expect(terminalMap(small.compiled.plan)).toMatchSnapshot();
    expect(terminalMap(consuming.compiled.plan)).toMatchSnapshot();
  });

  it('fits 80 columns, also with many layers', async () => {
    const { compiled } = await example('paper/mobilenet-v1-025-96.ts');
    for (const { plan } of [tiny.compiled, small.compiled, compiled]) {
      for (const line of terminalMap(plan).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('is nothing where there is no arena', () => {
    expect(terminalMap({ ...tiny.compiled.plan, arenaBytes: 0 })).toBe('');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatPercent, jsonText } from '../../src/cli/output.js';
import { ProgressLine } from '../../src/cli/progress.js';
import { renderTable } from '../../src/cli/table.js';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-1234567, '-1,234,567'],
    [1234.5678, '1,234.5678'],
  ])('%d is %s', (n, text) => expect(formatCount(n)).toBe(text));

  it('groups whole numbers as English does', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), n => formatCount(n) === n.toLocaleString('en-US')));
  });

  it('have units', () => {
    expect(formatBytes(8192)).toBe('8,192 B');
    expect(formatPercent(0.81374)).toBe('81.37 %');
  });
});

describe('jsonText', () => {
  it('keeps the order of keys, leaves out undefined and ends the line', () => {
    expect(jsonText({ z: 1, a: [null, { b: undefined }], skip: undefined })).toBe(
      '{\n  "z": 1,\n  "a": [\n    null,\n    {}\n  ]\n}\n',
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('takes %d for a fault of ours', n => {
    expect(() => jsonText({ accuracy: n })).toThrow(/JSON field accuracy/);
  });
});

describe('renderTable', () => {
  const columns = [{ title: 'layer' }, { title: 'RAM', align: 'right' }, { title: 'about', wrap: true }] as const;
  const rows = [
    ['conv', '8,192 B', 'a long remark that does not fit into a narrow terminal'],
    ['\u001b[31mfc', '40 B', ''],
  ];

  it('is a line a row in a pipe', () => {
    expect(renderTable(columns, rows, { colour: false, pretty: false, columns: 40 })).toMatchInlineSnapshot(`
      "layer             RAM  about
      conv          8,192 B  a long remark that does not fit into a narrow terminal
      \\u{1b}[31mfc     40 B
      "
    `);
  });

  it('has a rule and breaks prose on a terminal', () => {
    expect(renderTable(columns, rows, { colour: false, pretty: true, columns: 50 })).toMatchInlineSnapshot(`
      "layer             RAM  about
      ------------  -------  ---------------------------
      conv          8,192 B  a long remark that does not
                             fit into a narrow terminal
      \\u{1b}[31mfc     40 B
      "
    `);
  });

  it('colours only its titles', () => {
    const text = renderTable(columns, rows, { colour: true, pretty: true, columns: 100 });
    expect(text.split('\n')[0]).toContain('\u001b[1mlayer\u001b[22m');
    expect(text.split('\n').slice(1).join('\n')).not.toContain('\u001b');
  });
});

describe('ProgressLine', () => {
  function line(columns?: number) {
    const state = { now: 0, written: [] as string[] };
    const stream = { write: (text: string) => void state.written.push(text), isTTY: true, columns };
    return { state, progress: new ProgressLine(stream, () => state.now) };
  }

  it('draws over itself and tells the time left once it can', () => {
    const { state, progress } = line();
    progress.update('emulating', 0, 100);
    state.now = 500;
    progress.update('emulating', 10, 100);
    state.now = 10_000;
    progress.update('emulating', 25, 100);
    state.now = 100_000;
    progress.update('emulating', 50, 100);
    progress.clear();
    expect(state.written).toEqual([
      '\remulating  0/100\u001b[K',
      '\remulating  10/100\u001b[K',
      '\remulating  25/100, 30 s left\u001b[K',
      '\remulating  50/100, 1 min 40 s left\u001b[K',
      '\r\u001b[K',
    ]);
  });

  it('does not draw more often than an eye can see, but always the end and a new label', () => {
    const { state, progress } = line();
    for (let i = 0; i <= 1000; i++) progress.update('a', i, 1000);
    progress.update('b', 0, 1000);
    expect(state.written).toEqual(['\ra  0/1000\u001b[K', '\ra  1000/1000\u001b[K', '\rb  0/1000\u001b[K']);
  });

  it('stays within the line, and clears nothing where nothing was drawn', () => {
    const { state, progress } = line(10);
    progress.clear();
    progress.update('a very long label', 1, 2);
    expect(state.written).toEqual(['\ra very lo\u001b[K']);
  });
});

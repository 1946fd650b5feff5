import { escapeControls } from '../diagnostics/text.js';
import { imageOf } from '../plan/image.js';
import type { Plan } from '../plan/plan.js';
import { formatBytes, formatCount } from './format.js';

/** Columns of time and lines of bytes; with the labels it fits 80 columns. */
const mostColumns = 60;
const mostLines = 12;
const width = 80;

const marks = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const furtherMark = '#';
/** The rows of an input that is overwritten. */
const imageMark = '=';
const markOf = (layer: number): string => marks[layer] ?? furtherMark;

/** Bytes upwards: those of the arena, and below them those of an input that is overwritten. */
const heightOf = ({ imageBytes, arenaBytes }: Plan): number => imageBytes + arenaBytes;

/**
 * The memory map in characters: time to the right, bytes upwards, in each place the letter of the layer that has most of
 * it, or a dot where more than half is free; below, the live bytes in tenths of the arena. Empty where there is no arena.
 */
export function terminalMap(plan: Plan): string {
  const { imageBytes, arenaBytes, steps } = plan;
  const height = heightOf(plan);
  if (height === 0) return '';
  const columns = Math.min(mostColumns, steps.length);
  const lines = Math.min(mostLines, height / 4);
  const cells = rasterise(plan, columns, lines);
  const offsets = Array.from({ length: lines }, (_, line) => formatCount(Math.floor((line * height) / lines)));
  const label = Math.max('live'.length, ...offsets.map(text => text.length));
  const grid = cells.map((cell, line) => `  ${offsets[line].padStart(label)} |${cell.join('')}`).reverse();
  const input = imageBytes === 0 ? '' : `${formatBytes(imageBytes)} of input and `;
  return [
    `memory map: ${input}${formatBytes(arenaBytes)} of arena upwards, ${formatCount(steps.length)} steps across; letters are layers`,
    ...grid,
    `  ${'live'.padStart(label)}  ${liveTenths(plan, columns)} tenths`,
    ...legend(plan),
  ]
    .map(line => `${line.trimEnd()}\n`)
    .join('');
}

/** Per line, from below, and column: the mark of the layer that has most of the cell; a dot where more than half is free. */
function rasterise(plan: Plan, columns: number, lines: number): string[][] {
  const { buffers, layers, offsets, program, steps } = plan;
  const wide = steps.length / columns;
  const high = heightOf(plan) / lines;
  const areas = Array.from({ length: lines * columns }, () => new Map<string, number>());
  const paint = (mark: string, block: number): void => {
    if (block < 0) return;
    const { from, to, bytes } = buffers.blocks[block];
    const offset = offsets[block];
    for (let c = Math.floor(from / wide); c < columns && c * wide < to + 1; c++) {
      const across = Math.min(to + 1, (c + 1) * wide) - Math.max(from, c * wide);
      for (let l = Math.floor(offset / high); l < lines && l * high < offset + bytes; l++) {
        const up = Math.min(offset + bytes, (l + 1) * high) - Math.max(offset, l * high);
        const area = areas[l * columns + c];
        if (across > 0 && up > 0) area.set(mark, (area.get(mark) ?? 0) + across * up);
      }
    }
  };
  const image = imageOf(program);
  if (image !== undefined) for (const block of buffers.rows[image.tensor]) paint(imageMark, block);
  for (const [layer, { row }] of layers.entries()) {
    const mark = markOf(layer);
    for (const block of buffers.rows[row.output]) paint(mark, block);
    for (const block of buffers.scratch[layer]) paint(mark, block);
    paint(mark, buffers.states[layer]);
  }
  return Array.from({ length: lines }, (_, l) =>
    Array.from({ length: columns }, (_, c) => mostOf(areas[l * columns + c], wide * high)),
  );
}

function mostOf(areas: ReadonlyMap<string, number>, whole: number): string {
  let free = whole;
  let best = 0;
  let most = '.';
  for (const [mark, area] of areas) {
    free -= area;
    if (area > best) [best, most] = [area, mark];
  }
  return 2 * free > whole ? '.' : most;
}

function liveTenths(plan: Plan, columns: number): string {
  const { live, steps } = plan;
  return Array.from({ length: columns }, (_, c) => {
    const from = Math.floor((c * steps.length) / columns);
    const to = Math.ceil(((c + 1) * steps.length) / columns);
    const most = live.subarray(from, to).reduce((a, b) => Math.max(a, b), 0);
    return Math.min(9, Math.floor((10 * most) / heightOf(plan)));
  }).join('');
}

/** The letters of the layers that have something in the arena, in columns. */
function legend({ buffers, layers, program }: Plan): string[] {
  const shown = layers.flatMap(({ node, row }, layer) => {
    const has = buffers.states[layer] >= 0 || buffers.scratch[layer].length > 0 || buffers.rows[row.output][0] >= 0;
    return has && layer < marks.length ? [`${markOf(layer)} ${escapeControls(node.name)}`] : [];
  });
  const image = imageOf(program);
  if (image !== undefined) shown.unshift(`${imageMark} ${escapeControls(program.tensors[image.tensor].name)}`);
  if (layers.length > marks.length) shown.push(`${furtherMark} those after ${marks.at(-1)}`);
  const longest = Math.min(width - 2, Math.max(...shown.map(text => text.length)));
  const perLine = Math.max(1, Math.floor(width / (longest + 2)));
  return Array.from({ length: Math.ceil(shown.length / perLine) }, (_, line) =>
    shown
      .slice(line * perLine, (line + 1) * perLine)
      .map(text => `  ${text.slice(0, longest).padEnd(longest)}`)
      .join(''),
  );
}

import type { Shape } from '../../ir/tensor.js';

/** How a kernel goes over the columns: `left` columns of padding before the first one. */
interface Columns {
  readonly stride: number;
  readonly left: number;
}

/**
 * How far before an input row the output row must start to lie over it, in bytes, for a kernel that goes over the
 * columns from left to right and writes int8.
 *
 * `pixel`: it may read all taps of a position until that position is written whole. `channel`: to write a channel it reads
 * that channel of the taps alone, channel by channel.
 */
export function overlayDistance(input: Shape, output: Shape, columns: Columns, done: 'pixel' | 'channel'): number {
  return farthest(input, output, columns, [0, 1], (x, next) => [done === 'pixel' ? next : x, x]);
}

/**
 * The same for a kernel that reads all taps of `tile` columns before it writes any of them, up to column `tiled`, and then
 * goes on column by column.
 */
export function tileOverlayDistance(
  input: Shape,
  output: Shape,
  columns: Columns,
  tiled: number,
  tile: number,
): number {
  // When columns up to `next` are written, those from `next` on are still to be read; after the last one, nothing is.
  return farthest(input, output, columns, [tiled, tile], (_x, next) =>
    next < output.width ? [next, next] : undefined,
  );
}

/** The same for a kernel that reads taps of `tile` columns, of other groups, after it has written some of them. */
export function groupOverlayDistance(
  input: Shape,
  output: Shape,
  columns: Columns,
  tiled: number,
  tile: number,
): number {
  return farthest(input, output, columns, [tiled, tile], (x, next) => [next, x]);
}

/**
 * How far writing gets ahead of reading, in bytes. The columns go in tiles of `tile` up to column `tiled`, and one by one after it.
 * @param state for the columns from `x` up to `next`: how many columns are written while the taps of which column are still to be read
 */
function farthest(
  input: Shape,
  output: Shape,
  { stride, left }: Columns,
  [tiled, tile]: readonly [number, number],
  state: (x: number, next: number) => readonly [written: number, toRead: number] | undefined,
): number {
  let distance = 0;
  for (let x = 0; x < output.width; ) {
    const next = x < tiled ? x + tile : x + 1;
    const found = state(x, next);
    if (found !== undefined) {
      const [written, toRead] = found;
      const needed = Math.max(0, toRead * stride - left) * input.channels;
      distance = Math.max(distance, written * output.channels - needed);
    }
    x = next;
  }
  return distance;
}

import type { Shape } from '../../ir/tensor.js';

/**
 * How far before an input row the output row must start to lie over it, in bytes, for a kernel that goes over the
 * columns from left to right and writes int8.
 *
 * `pixel`: it may read all taps of a position until that position is written whole. `channel`: to write a channel it reads
 * that channel of the taps alone, channel by channel.
 */
export function overlayDistance(
  input: Shape,
  output: Shape,
  { stride, left }: { readonly stride: number; readonly left: number },
  done: 'pixel' | 'channel',
): number {
  let distance = 0;
  for (let x = 0; x < output.width; x++) {
    const needed = Math.max(0, x * stride - left) * input.channels;
    const written = (done === 'pixel' ? x + 1 : x) * output.channels;
    distance = Math.max(distance, written - needed);
  }
  return distance;
}

/**
 * The same for a kernel that reads all taps of `tile` columns before it writes any of them, up to column `tiled`, and then
 * goes on column by column.
 */
export function tileOverlayDistance(
  input: Shape,
  output: Shape,
  { stride, left }: { readonly stride: number; readonly left: number },
  tiled: number,
  tile: number,
): number {
  let distance = 0;
  for (let x = 0; x < output.width; ) {
    const next = x < tiled ? x + tile : x + 1;
    // When columns up to `next` are written, those from `next` on are still to be read.
    const needed = Math.max(0, next * stride - left) * input.channels;
    if (next < output.width) distance = Math.max(distance, next * output.channels - needed);
    x = next;
  }
  return distance;
}

/** The same for a kernel that reads taps of `tile` columns, of other groups, after it has written some of them. */
export function groupOverlayDistance(
  input: Shape,
  output: Shape,
  { stride, left }: { readonly stride: number; readonly left: number },
  tiled: number,
  tile: number,
): number {
  let distance = 0;
  for (let x = 0; x < output.width; ) {
    const next = x < tiled ? x + tile : x + 1;
    distance = Math.max(distance, next * output.channels - Math.max(0, x * stride - left) * input.channels);
    x = next;
  }
  return distance;
}

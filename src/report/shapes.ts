/** Text of SVG paths, and the marks of axes. Coordinates are whole steps and bytes, so no precision is lost. */

/** A rectangle. */
export const box = (x: number, y: number, width: number, height: number): string =>
  `M${x} ${y}h${width}v${height}h-${width}z`;

/** A horizontal line over the whole width. */
export const level = (y: number, width: number): string => `M0 ${y}h${width}`;

/** A staircase through `heights`, each held for one unit, as distances from `top` downwards. */
export function staircase(heights: ArrayLike<number>, top: number): string {
  let path = '';
  let last: number | undefined;
  for (let x = 0; x < heights.length; x++) {
    const y = top - heights[x];
    if (y === last) continue;
    path += last === undefined ? `M${x} ${y}` : `H${x}V${y}`;
    last = y;
  }
  return `${path}H${heights.length}`;
}

/** Consecutive numbers as pairs of the first and one past the last. The numbers must rise. */
export function runsOf(numbers: readonly number[]): (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number) last[1]++;
    else runs.push([number, number + 1]);
  }
  return runs;
}

/** A share in per cent, as CSS takes it. */
export const percentOf = (part: number, whole: number): string =>
  whole === 0 ? '0' : String(Number(((100 * part) / whole).toFixed(3)));

/** Multiples of a power of two: at most `count` steps up to `last`. For bytes. */
export function binaryTicks(last: number, count: number): number[] {
  let step = 1;
  while (last / step > count) step *= 2;
  return multiples(step, last);
}

/** Multiples of 1, 2 or 5 times a power of ten: at most `count` steps up to `last`. */
export function decimalTicks(last: number, count: number): number[] {
  let step = 1;
  for (let i = 0; last / step > count; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return multiples(step, last);
}

const multiples = (step: number, last: number): number[] =>
  Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);

import type { Work } from '../../kernel.js';
import { counted, requantisedKey, type WindowTaps } from '../work.js';
import type { MveDotProductView } from './dot-product.js';
import { vector } from './tile.js';

/** What `kernels/dot-product/mve` does for a layer of so many output rows. */
export function mveDotProductWork(view: MveDotProductView, taps: WindowTaps, height: number): Work {
  const { tile, groups, direct, fused, paired, outputWidth, requantise, outputsNear } = view;
  const { positions, rowsInside, rowsMissing, columnsMissing } = taps;
  const { looped, rounds, chunks, keeps } = tile;
  const perGroup = rounds * chunks.length;
  const kept = keeps ? chunks.filter(chunk => chunk.kept).length : 0;
  const rule = `${fused ? 'fused' : 'to memory'}${looped ? ', looped' : ''}`;
  const tiles = (pixels: string, count: number) => ({
    [`tiles of ${pixels}`]: count,
    [`groups of ${pixels}, ${rule}`]: count * groups,
    [`chunks of ${pixels}`]: count * groups * perGroup,
    [`kept chunks of ${pixels}`]: count * groups * kept,
    [`rounds of ${pixels}`]: looped ? count * groups * rounds : 0,
  });
  const edges = view.columnsMayMiss ? ' with edges' : '';
  return {
    family: 'dot-product/mve',
    counts: counted({
      positions: direct ? 0 : positions,
      [`rows gathered${edges}`]: direct ? 0 : rowsInside * outputWidth,
      'vectors gathered': direct ? 0 : rowsInside * outputWidth * Math.ceil(view.rowBytes / vector),
      'columns missing': direct ? 0 : rowsInside * columnsMissing,
      'rows missing': rowsMissing * outputWidth,
      'vectors filled': rowsMissing * outputWidth * Math.ceil(view.rowBytes / vector),
      tails: view.hasTail ? height : 0,
      ...tiles('2', (height * paired) / 2),
      ...tiles('1', height * (outputWidth - paired)),
      'far groups': outputsNear ? 0 : ((height * paired) / 2) * groups,
      [requantisedKey(requantise)]: fused ? 0 : positions * groups,
    }),
    // Some accumulators are shifted first, a vector a pixel.
    known: fused && view.preShift > 0 ? positions * groups : 0,
    unrolled: chunks.length,
  };
}

import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { PoolAttributes } from './pool.js';
import { tapsView } from './taps.js';
import { overlayDistance } from './window.js';
import { counted, windowTaps } from './work.js';

/** A mean divides by the number of its taps, which is a shift or takes a function; a maximum does neither. */
export function outputsKey(taps: number): string {
  return Number.isInteger(Math.log2(taps)) ? 'outputs' : 'outputs of odd windows';
}

/** Portable C of a pool: for each output pixel, gather the taps inside the input, then fold each channel over them. */
export function genericPool(slug: string, template: string): KernelVariant {
  return {
    name: 'generic',
    needs: [],
    wide: true,
    plan(plain, [input]) {
      const node = plain as Node<PoolAttributes>;
      const { kernel } = node.attributes;
      const taps = tapsView(node.attributes, input, node.type, true);
      const { channels } = node.type.shape;
      const { positions, rowsInside, rowsMissing, columnsInside, columnsMissing } = windowTaps(
        node.attributes,
        input.shape,
        node.type.shape,
      );
      const insideTaps = rowsInside * columnsInside;
      return {
        slug: `${slug}_${kernel[0]}x${kernel[1]}`,
        template,
        view: {
          taps,
          channels,
          // For windows that have all their taps.
          half: Math.floor(taps.count / 2),
        },
        tables: [],
        helpers: [],
        overlays: [
          overlayDistance(input.shape, node.type.shape, { stride: taps.stridePixels, left: taps.left }, 'channel'),
        ],
        work: {
          // Taps that may be missing are counted as they are found.
          family: `${slug}/${taps.mayMiss ? 'edges' : 'generic'}`,
          counts: counted({
            positions,
            'gathered taps': taps.several ? insideTaps : 0,
            'missing taps': rowsInside * columnsMissing + rowsMissing * columnsInside + rowsMissing * columnsMissing,
            [taps.several ? 'taps' : 'copied']: insideTaps * channels,
            [outputsKey(taps.count)]: positions * channels,
          }),
        },
      };
    },
  };
}

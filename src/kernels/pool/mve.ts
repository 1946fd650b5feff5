import type { Node } from '../../ir/graph.js';
import type { PoolAttributes } from '../../ops/pool.js';
import type { KernelVariant } from '../kernel.js';
import { vector } from '../shared/mve-tile.js';
import { overlayDistance } from '../shared/overlay.js';
import { tapsView } from '../shared/taps.js';
import { counted, windowTaps } from '../shared/work.js';

/** Taps are written out one by one: up to so many. */
const mostTaps = 16;

/** For MVE: 16 channels at a time. */
export const mveMaxPool: KernelVariant = {
  name: 'mve',
  plan(plain, [input]) {
    const node = plain as Node<PoolAttributes>;
    const { kernel, stride } = node.attributes;
    const { channels } = input.shape;
    const taps = tapsView(node.attributes, input, node.type, true);
    if (!taps.mayMiss && taps.count > mostTaps) return { unsuited: `more than ${mostTaps} taps` };
    const [first, ...others] = Array.from({ length: taps.count }, (_, t) => ({
      row: Math.floor(t / kernel[1]),
      offset: (t % kernel[1]) * channels,
    }));
    const vectors = Math.ceil(channels / vector);
    const { positions, rowsInside, columnsInside } = windowTaps(node.attributes, input.shape, node.type.shape);
    const insideTaps = rowsInside * columnsInside;
    return {
      functionName: `maxpool_${kernel[0]}x${kernel[1]}`,
      template: 'kernels/pool/mve',
      label: 'mve',
      view: {
        taps,
        channels,
        tailed: channels % vector !== 0,
        rows: Array.from({ length: kernel[0] }, (_, index) => ({ index })),
        first,
        others,
        step: stride[1] * channels,
      },
      tables: [],
      helpers: ['mve'],
      work: {
        family: taps.mayMiss ? 'maxpool/mve, edges' : 'maxpool/mve',
        counts: counted({
          positions,
          'gathered taps': taps.mayMiss ? insideTaps : 0,
          'missing taps': positions * taps.count - insideTaps,
          vectors: positions * vectors,
          taps: insideTaps * vectors,
          'predicated vectors': channels % vector !== 0 ? positions * vectors : 0,
        }),
        unrolled: taps.mayMiss ? 1 : taps.count,
      },
      overlays: [
        overlayDistance(input.shape, node.type.shape, { stride: taps.stridePixels, left: taps.left }, 'channel'),
      ],
    };
  },
};

import type { Node } from '../../ir/graph.js';
import type { PoolAttributes } from '../../ops/pool.js';
import type { KernelVariant } from '../kernel.js';
import { overlayDistance } from '../shared/overlay.js';
import { tapsView } from '../shared/taps.js';

/** Taps are written out one by one: up to so many. */
const mostTaps = 16;

/** For the DSP extension: 4 channels at a time, compared by SSUB8 and chosen by SEL. For windows that have all their taps. */
export const dspMaxPool: KernelVariant = {
  name: 'dsp',
  plan(plain, [input]) {
    const node = plain as Node<PoolAttributes>;
    const { kernel, stride } = node.attributes;
    const { channels } = input.shape;
    const taps = tapsView(node.attributes, input, node.type, true);
    if (!input.aligned) return { unsuited: 'rows of the caller are not aligned' };
    if (channels % 4 !== 0) return { unsuited: 'channels are no multiple of 4' };
    if (taps.mayMiss) return { unsuited: 'windows reach over the edge' };
    if (taps.count > mostTaps) return { unsuited: `more than ${mostTaps} taps` };
    const [first, ...others] = Array.from({ length: taps.count }, (_, t) => ({
      row: Math.floor(t / kernel[1]),
      offset: (t % kernel[1]) * channels,
    }));
    const { height, width } = node.type.shape;
    const fours = height * width * (channels / 4);
    return {
      functionName: `maxpool_${kernel[0]}x${kernel[1]}`,
      template: 'kernels/pool/dsp',
      label: 'dsp',
      view: {
        outputWidth: node.type.shape.width,
        channels,
        rows: Array.from({ length: kernel[0] }, (_, index) => ({ index })),
        first,
        others,
        step: stride[1] * channels,
      },
      tables: [],
      helpers: ['multiply', 'larger-bytes'],
      work: {
        family: 'maxpool/dsp',
        counts: { positions: height * width, fours, taps: fours * taps.count },
        unrolled: taps.count,
      },
      overlays: [overlayDistance(input.shape, node.type.shape, { stride: stride[1], left: 0 }, 'channel')],
    };
  },
};

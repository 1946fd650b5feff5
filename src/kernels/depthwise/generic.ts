import type { Node } from '../../ir/graph.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import type { KernelVariant } from '../kernel.js';
import { type SubByteView, subByteHelpers, subByteTable, subByteView } from '../packing/sub-byte.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { overlayDistance } from '../shared/overlay.js';
import { padTable, type TapsView, tapsView } from '../shared/taps.js';
import { counted, requantisedKey } from '../shared/work.js';

export interface DepthwiseView {
  readonly taps: TapsView;
  readonly channels: number;
  readonly severalChannels: boolean;
  readonly multiplier: number;
  readonly multiplied: boolean;
  readonly narrow: SubByteView;
  readonly requantise: RequantiseView;
}

/** Portable C: for each output pixel and channel, the taps one after the other, weights packed tap by tap. */
export const genericDepthwiseConv: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<DepthwiseConvAttributes>;
    const { kernel, multiplier } = node.attributes;
    const { weight } = node.constants;
    const channels = weight.shape[0];
    const taps = tapsView(node.attributes, input, node.type, true);
    const requantise = requantisePlan(node, input);
    const view: DepthwiseView = {
      taps,
      channels,
      severalChannels: channels > 1,
      multiplier,
      multiplied: multiplier > 1,
      narrow: subByteView(weight),
      requantise: requantise.view,
    };
    const { height, width } = node.type.shape;
    const positions = height * width;
    return {
      functionName: `dwconv_${kernel[0]}x${kernel[1]}`,
      template: 'kernels/depthwise/generic',
      label: 'generic',
      view: { ...view },
      tables: [
        subByteTable(
          {
            suffix: 'weights',
            ctype: 'int8_t',
            values: tapMajor(weight.data, channels),
            perLine: channels,
            layout: `HWO ${kernel[0]}x${kernel[1]}x${channels}, a line per tap`,
            kind: 'weights',
          },
          weight,
        ),
        ...padTable(taps, input),
        ...requantise.tables,
      ],
      helpers: [...subByteHelpers(weight), ...requantise.helpers],
      ...requantise.bounds,
      overlays: [
        overlayDistance(
          input.shape,
          node.type.shape,
          { stride: taps.stridePixels, left: taps.left },
          multiplier === 1 ? 'channel' : 'pixel',
        ),
      ],
      ...(weight.bits === undefined
        ? {
            work: {
              family: multiplier > 1 ? 'depthwise/multiplied' : 'depthwise/generic',
              counts: counted({
                positions,
                'gathered taps': taps.several ? positions * taps.count : 0,
                // GCC writes a few taps out.
                [taps.count <= 3 ? `macs of ${taps.count}` : 'macs']: positions * channels * taps.count,
                [requantisedKey(requantise.view)]: positions * channels,
              }),
            },
          }
        : {}),
    };
  },
};

/** From [channel][tap] to [tap][channel]. */
function tapMajor(weights: ArrayLike<number>, channels: number): Int8Array {
  const taps = weights.length / channels;
  return Int8Array.from(
    { length: weights.length },
    (_, i) => weights[(i % channels) * taps + Math.floor(i / channels)],
  );
}

import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import type { ConstantTable, KernelInput, KernelOffer } from '../kernel.js';
import { halves } from '../packing/pairs.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { overlayDistance } from '../shared/overlay.js';
import { padTable, type TapsView, tapsView } from '../shared/taps.js';

/** What `kernels/depthwise/dsp-int16` reads. */
export interface Int16DepthwiseView {
  readonly taps: TapsView;
  readonly channels: number;
  readonly requantise: RequantiseView;
}

/** For the DSP extension, on int16 without a multiplier: two channels to a word of inputs, and their weights to a word. */
export function dspInt16DepthwisePlan(node: Node<DepthwiseConvAttributes>, input: KernelInput): KernelOffer {
  const { kernel, stride } = node.attributes;
  const { channels } = input.shape;
  if (channels % 2 === 1) return { unsuited: 'an odd number of channels of int16' };
  const requantise = requantisePlan(node, input);
  if (requantise.view.acc !== 'int32_t') return { unsuited: 'sums beyond int32' };
  const taps = tapsView(node.attributes, input, node.type, true);
  const view: Int16DepthwiseView = { taps, channels, requantise: requantise.view };
  return {
    functionName: `dwconv_${kernel[0]}x${kernel[1]}`,
    template: 'kernels/depthwise/dsp-int16',
    label: 'dsp-wide',
    view: { ...view },
    tables: [channelPairs(node.constants.weight), ...padTable(taps, input), ...requantise.tables],
    helpers: ['multiply', 'load-pair', ...requantise.helpers],
    ...requantise.bounds,
    overlays: [overlayDistance(input.shape, node.type.shape, { stride: stride[1], left: taps.left }, 'channel')],
    configuration: 'int16 activations',
  };
}

function channelPairs(weight: Constant): ConstantTable {
  const [channels, rows, columns] = weight.shape;
  const taps = rows * columns;
  const values = Array.from({ length: (channels / 2) * taps }, (_, i) => {
    const [pair, tap] = [Math.floor(i / taps), i % taps];
    return halves(weight.data[2 * pair * taps + tap], weight.data[(2 * pair + 1) * taps + tap]);
  });
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values,
    perLine: taps,
    layout: `${rows}x${columns}x${channels} as int16, a line per pair of channels, a word of both per tap`,
    kind: 'weights',
    packed: true,
  };
}

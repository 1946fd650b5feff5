import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { ConstantTable, KernelInput, KernelOffer } from '../kernel.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { overlayDistance } from '../shared/overlay.js';
import { padTable, type TapsView, tapsView, type WindowGeometry } from '../shared/taps.js';

/** Output channels that are computed at a time: each pair of inputs is loaded once for all of them. */
const block = 4;

/** What `kernels/dot-product/dsp-int16` reads. */
export interface Int16DotProductView {
  readonly taps: TapsView;
  readonly channels: number;
  /** Output channels of a block by number. */
  readonly lanes: readonly number[];
  /** The last block is not full. */
  readonly ragged: boolean;
  readonly requantise: RequantiseView;
}

/**
 * A conv or dense layer on int16 for the DSP extension. Inputs are read where they are, two to a word, so nothing is widened; four
 * weights to a word are, by SXTB16, and each pair of products is one SMLAD. Weights are int8 in flash.
 */
export function int16DotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
  groups = 1,
): KernelOffer {
  if (groups > 1) return { unsuited: 'groups of int16' };
  const taps = tapsView(geometry, input, node.type, false);
  if (taps.length % 4 !== 0) return { unsuited: 'runs of int16 that are no multiple of 4' };
  const requantise = requantisePlan(node, input);
  if (requantise.view.acc !== 'int32_t') return { unsuited: 'sums beyond int32' };
  const { weight } = node.constants;
  const channels = weight.shape[0];
  const view: Int16DotProductView = {
    taps,
    channels,
    lanes: Array.from({ length: block }, (_, lane) => lane),
    ragged: channels % block > 0,
    requantise: requantise.view,
  };
  return {
    functionName,
    template: 'kernels/dot-product/dsp-int16',
    label: 'dsp-wide',
    view: { ...view },
    tables: [blockTable(weight, channels), ...padTable(taps, input), ...filledBias(requantise.tables, channels)],
    helpers: ['dsp-halves', 'multiply', 'load-pair', ...requantise.helpers],
    ...requantise.bounds,
    overlays: [overlayDistance(input.shape, node.type.shape, { stride: geometry.stride[1], left: taps.left }, 'pixel')],
    configuration: 'int16 activations',
  };
}

/**
 * Per block of output channels and 4 inputs, a word of each channel. Its bytes are the weights of the inputs 0, 2, 1 and 3: SXTB16
 * takes the bytes 0 and 2 apart, and 1 and 3, which are then in the order of the inputs.
 */
function blockTable(weight: Constant, channels: number): ConstantTable {
  const depth = weight.data.length / channels;
  const at = (channel: number, k: number) => (channel < channels ? weight.data[channel * depth + k] & 0xff : 0);
  const values: number[] = [];
  for (let o = 0; o < channels; o += block) {
    for (let k = 0; k < depth; k += 4) {
      for (let lane = 0; lane < block; lane++) {
        const [a, b, c, d] = [0, 2, 1, 3].map(i => at(o + lane, k + i));
        values.push((a | (b << 8) | (c << 16) | (d << 24)) >>> 0);
      }
    }
  }
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values,
    perLine: 8,
    layout: `OHWI ${weight.shape.join('x')} as int8, ${block} output channels in turn, of each the inputs 0, 2, 1 and 3 of four`,
    kind: 'weights',
    packed: true,
  };
}

/** Biases for whole blocks; what is filled up is read, and not used. */
function filledBias(tables: readonly ConstantTable[], channels: number): readonly ConstantTable[] {
  const filled = Math.ceil(channels / block) * block;
  return tables.map(table =>
    table.suffix === 'bias'
      ? { ...table, values: Array.from({ length: filled }, (_, o) => table.values[o] ?? 0) }
      : table,
  );
}

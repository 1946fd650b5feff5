import { isLinear } from '../interpreter/float-network.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import type { Constant } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import type { Patches } from '../ops/op.js';
import { scalesWithInput } from '../ops/shared/activation.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import type { SubByteLayers } from './weight-bits.js';

/** A channel is made larger by this at most: what it is multiplied by, the weights after are divided by. */
const mostFactor = 64;

/** A channel smaller than this part of the largest one is silent, and is left alone. */
const silent = 1e-4;

/**
 * Cross-layer equalisation (Nagel et al., "Data-Free Quantization", arXiv 1906.04721, section 4.1), for weights that have a scale per
 * channel: what is equalised is activations, which have one scale for all channels. A channel of a linear layer is multiplied by
 * a positive factor, and the weights of the next layer that read it are divided by the same.
 *
 * Where the next layer reads one channel per output (depthwise), its weights' scales take the factor back for nothing, and all
 * channels get the range of the largest. Elsewhere the weights of a row share a scale, and channels are moved half way (in
 * logarithms): the root of the factor.
 *
 * Where the reader has binary weights, it is left alone: all weights of a row have one magnitude, which factors would take from them.
 *
 * Needs: fused float graph, `largest` |value| of each channel of each tensor over calibration images. Keeps: every result, up to
 * float rounding. Breaks: values of tensors between the layers.
 */
export function equalise(
  graph: FloatGraph,
  largest: ReadonlyMap<string, Float64Array>,
  narrow: SubByteLayers = new Map(),
): FloatGraph {
  const index = new GraphIndex(graph);
  const changed = new Map<string, Node<LinearAttributes>>();
  const current = (node: Node<LinearAttributes>) => changed.get(node.name) ?? node;
  for (const node of graph.nodes) {
    if (!isLinear(node) || !canScale(node)) continue;
    const reader = linearReader(index, node);
    const magnitudes = largest.get(node.name);
    const patches = reader && opOf(reader).patches?.(reader, index.inputTypes(reader)[0].shape);
    if (reader === undefined || patches === undefined || magnitudes === undefined) continue;
    const channelOf = inputChannels(patches, magnitudes.length);
    const alone = patches.groups === magnitudes.length;
    if (!alone && narrow.get(reader.name) === 1) continue;
    const factors = factorsOf(magnitudes, alone);
    changed.set(node.name, multiplied(current(node), factors));
    changed.set(reader.name, divided(current(reader), patches, channelOf, factors));
  }
  return { ...graph, nodes: graph.nodes.map(node => changed.get(node.name) ?? node) };
}

/** Does a factor on its accumulators, or on its affine part, pass to its output as it is? */
const canScale = ({ attributes: { activation, affine } }: Node<LinearAttributes>): boolean =>
  affine || scalesWithInput(activation);

/** The linear op that alone reads the node, past ops that select or average within a channel. */
function linearReader(index: GraphIndex, node: Node): Node<LinearAttributes> | undefined {
  const reader = index.onlyReader(node.name);
  if (reader === undefined || isLinear(reader)) return reader;
  return opOf(reader).traits.scalesByChannel === true ? linearReader(index, reader) : undefined;
}

function factorsOf(magnitudes: Float64Array, alone: boolean): Float64Array {
  const most = magnitudes.reduce((a, b) => Math.max(a, b), 0);
  return magnitudes.map(magnitude => {
    if (!(magnitude > most * silent)) return 1;
    const factor = most / magnitude;
    return Math.min(alone ? factor : Math.sqrt(factor), mostFactor);
  });
}

/** For output channel `o` and tap `i`, the channel of the input that is read. */
function inputChannels(
  { offsets, length, groupStep, outputs }: Patches,
  channels: number,
): (o: number, i: number) => number {
  const ofTap = new Int32Array(length).fill(-1);
  for (let at = 0; at < offsets.length; at++) if (offsets[at] >= 0) ofTap[at % length] = offsets[at] % channels;
  return (o, i) => Math.max(ofTap[i], 0) + Math.floor(o / outputs) * groupStep;
}

const withData = (constant: Constant, change: (value: number, i: number) => number): Constant => ({
  ...constant,
  data: Float32Array.from(constant.data, change),
});

function multiplied(node: Node<LinearAttributes>, factors: Float64Array): Node<LinearAttributes> {
  const { weight, bias, affineScale, affineOffset } = node.constants;
  const byChannel = (constant: Constant) => {
    const perChannel = constant.data.length / factors.length;
    return withData(constant, (value, i) => value * factors[Math.floor(i / perChannel)]);
  };
  const constants: Node['constants'] = node.attributes.affine
    ? { affineScale: byChannel(affineScale), affineOffset: byChannel(affineOffset) }
    : { weight: byChannel(weight), ...(bias === undefined ? {} : { bias: byChannel(bias) }) };
  return { ...node, constants: { ...node.constants, ...constants } };
}

function divided(
  node: Node<LinearAttributes>,
  { length }: Patches,
  channelOf: (o: number, i: number) => number,
  factors: Float64Array,
): Node<LinearAttributes> {
  const weight = withData(
    node.constants.weight,
    (value, at) => value / factors[channelOf(Math.floor(at / length), at % length)],
  );
  return { ...node, constants: { ...node.constants, weight } };
}

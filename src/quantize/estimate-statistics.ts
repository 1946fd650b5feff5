import { InternalError } from '../diagnostics/diagnostic.js';
import { yieldRegularly } from '../interpreter/yield.js';
import type { FloatGraph, Node } from '../ir/graph.js';
import { type Constant, constant, type TensorData } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';

/** A channel that hardly varies is not blown up: it counts as varying by this part of the average channel. */
const leastShare = 1 / 16;

/** Mean and variance of each channel over all positions of all tensors. */
function statisticsOf(tensors: readonly TensorData[], channels: number): Readonly<Record<string, Constant>> {
  const mean = new Float64Array(channels);
  const square = new Float64Array(channels);
  let positions = 0;
  for (const data of tensors) {
    positions += data.length / channels;
    for (let i = 0; i < data.length; i++) mean[i % channels] += data[i];
  }
  for (let c = 0; c < channels; c++) mean[c] /= positions;
  for (const data of tensors) {
    for (let i = 0; i < data.length; i++) square[i % channels] += (data[i] - mean[i % channels]) ** 2;
  }
  const variance = square.map(sum => sum / positions);
  const average = variance.reduce((sum, v) => sum + v, 0) / channels;
  const least = average > 0 ? average * leastShare : 1;
  return {
    mean: constant('f32', [channels], mean),
    variance: constant(
      'f32',
      [channels],
      variance.map(v => Math.max(v, least)),
    ),
  };
}

/**
 * Gives batch norms the statistics that training on `images` (real units, NHWC) would have left in them, layer by layer, so
 * that random weights make activations like those of a trained network: without it, channels are silent or constant.
 */
export async function estimateStatistics(graph: FloatGraph, images: readonly Float32Array[]): Promise<FloatGraph> {
  const yieldNow = yieldRegularly();
  const tensors = new Map<string, readonly TensorData[]>();
  const types = new Map(graph.nodes.map(node => [node.name, node.type]));
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const op = opOf(node);
    if (op === undefined) throw new InternalError(`no op '${node.op}'`);
    if (op.traits.source) {
      tensors.set(node.name, images);
      nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map(name => {
      const [type, data] = [types.get(name), tensors.get(name)];
      if (type === undefined || data === undefined) throw new InternalError(`'${name}' was not computed`);
      return { type, data };
    });
    const estimated =
      op.traits.normalisation === true
        ? { ...node, constants: { ...node.constants, ...statisticsOf(inputs[0].data, node.type.shape.channels) } }
        : node;
    const outputs: TensorData[] = [];
    for (const i of images.keys()) {
      const operands = inputs.map(({ type, data }) => ({ type, data: data[i] }));
      outputs.push(op.evaluate(estimated, operands));
      await yieldNow();
    }
    tensors.set(node.name, outputs);
    nodes.push(estimated);
  }
  return { ...graph, nodes };
}

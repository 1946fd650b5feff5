import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { type Quantisation, valueRanges } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import { needsRange } from './choose-ranges.js';
import type { Histogram } from './histogram.js';

/** Names of the layers whose activations are int16; those that only pass values on are among them. */
export type Int16Activations = ReadonlySet<string>;

/**
 * The quantisation of each int16 tensor that has one of its own. Zero is in the middle, as TFLite has it, and nothing that was seen is
 * clipped: with 65,535 steps no outlier makes the others coarse. Tensors that are joined have one scale, so that joining is copying.
 */
export function int16Ranges(
  graph: FloatGraph,
  wide: Int16Activations,
  histograms: ReadonlyMap<string, Histogram>,
): ReadonlyMap<string, Quantisation> {
  const index = new GraphIndex(graph);
  const groups = new Map<string, Set<string>>();
  const groupOf = (name: string) => groups.get(name) ?? new Set([name]);
  for (const node of graph.nodes) {
    if (!wide.has(node.name) || !needsRange(node)) continue;
    const joined = opOf(node).traits.joins === true ? node.inputs.map(name => makerOf(index, name).name) : [];
    const group = new Set([node.name, ...joined].flatMap(name => [...groupOf(name)]));
    for (const name of group) groups.set(name, group);
  }
  const largest = ({ min, max }: Pick<Histogram, 'min' | 'max'>) => Math.max(-min, max);
  return new Map(
    [...groups].map(([name, group]) => {
      const most = Math.max(...[...group].map(member => largest(histograms.get(member) ?? { min: 0, max: 0 })));
      // A tensor that is zero everywhere still needs a scale.
      return [name, { scale: most > 0 ? most / valueRanges.i16.high : 1, zeroPoint: 0, bits: 16 }];
    }),
  );
}

/** The node whose quantisation a tensor has. */
export function makerOf(index: GraphIndex, name: string): Node {
  const node = index.node(name);
  return opOf(node).traits.keepsQuantisation === true ? makerOf(index, node.inputs[0]) : node;
}

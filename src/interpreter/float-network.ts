import { invariant } from '../diagnostics/diagnostic.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import type { TensorData } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import { floatOutput } from './linear-layer.js';

export type FloatTensors = ReadonlyMap<string, Float32Array>;

type Compute = (inputs: readonly TensorData[]) => Float32Array;

export const isLinear = (node: Node): node is Node<LinearAttributes> => opOf(node).traits.linear === true;

/** A bound float graph made ready to be run on many images: linear layers by {@link floatOutput}, all others as their op says. */
export class FloatNetwork {
  private readonly index: GraphIndex;
  private readonly computes = new Map<string, Compute>();

  constructor(readonly graph: FloatGraph) {
    this.index = new GraphIndex(graph);
    for (const node of graph.nodes) this.computes.set(node.name, this.computeOf(node));
  }

  private computeOf(node: Node): Compute {
    const op = opOf(node);
    const types = this.index.inputTypes(node);
    if (isLinear(node) && op.patches !== undefined) {
      const layer = floatOutput(node, op.patches(node, types[0].shape));
      return inputs => layer(inputs[0]);
    }
    return inputs =>
      op.evaluate(
        node,
        inputs.map((data, i) => ({ type: types[i], data })),
      );
  }

  /** Every tensor for an image in real units. */
  run(image: Float32Array): FloatTensors {
    return this.runFrom(new Map(), new Map([[this.graph.nodes.find(n => opOf(n).traits.source)?.name ?? '', image]]));
  }

  /** The tensors that depend on `replaced`, which take the place of those in `known`; the others are those in `known`. */
  runFrom(known: FloatTensors, replaced: FloatTensors): FloatTensors {
    const changed = new Map(replaced);
    const tensorOf = (name: string): Float32Array => {
      const tensor = changed.get(name) ?? known.get(name);
      invariant(tensor !== undefined, `'${name}' was not computed`);
      return tensor;
    };
    for (const node of this.graph.nodes) {
      if (replaced.has(node.name)) continue;
      if (known.size > 0 && !node.inputs.some(name => changed.has(name))) continue;
      const compute = this.computes.get(node.name);
      if (compute !== undefined) changed.set(node.name, compute(node.inputs.map(tensorOf)));
    }
    return changed;
  }
}

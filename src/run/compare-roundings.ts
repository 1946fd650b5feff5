import { InternalError } from '../diagnostics/diagnostic.js';
import { runReferenceOn, type Tensors } from '../interpreter/reference.js';
import { yieldRegularly } from '../interpreter/yield.js';
import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import type { TensorData } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import type { Operand } from '../ops/op.js';

/** How a layer's values differ between two rounding rules, over all vectors. */
export interface LayerRoundings {
  readonly name: string;
  readonly elements: number;
  /** Values that differ when this layer alone follows the other rule. */
  readonly alone: number;
  /** Values that differ when the whole network does. */
  readonly together: number;
  /** The largest difference of those. */
  readonly maxAbsDiff: number;
}

export interface RoundingComparison {
  readonly layers: readonly LayerRoundings[];
  /** Vectors of which any output byte differs. */
  readonly vectors: number;
  /** Vectors whose largest output is another one. */
  readonly decisions: number;
}

/**
 * Counts what would change if a network followed another rounding rule. By the reference, which the C equals.
 * @param graph under the first rule, with its tensors for each vector
 * @param other the same network under the second rule
 */
export async function compareRoundings(
  graph: IntegerGraph,
  tensors: readonly Tensors[],
  other: IntegerGraph,
  vectors: readonly Uint8Array[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<RoundingComparison> {
  const yieldNow = yieldRegularly();
  const index = new GraphIndex(graph);
  const layers = other.nodes.filter(node => opOf(node).traits.source !== true);
  const counts = layers.map(() => ({ elements: 0, alone: 0, together: 0, maxAbsDiff: 0 }));
  let [changed, decisions] = [0, 0];
  for (const [v, vector] of vectors.entries()) {
    const own = tensors[v];
    const others = runReferenceOn(other, vector);
    for (const [i, node] of layers.entries()) {
      const expected = tensorOf(own, node.name);
      const together = differences(expected, tensorOf(others, node.name));
      counts[i].elements += expected.length;
      counts[i].alone += differences(expected, computeAlone(node, own, index)).count;
      counts[i].together += together.count;
      counts[i].maxAbsDiff = Math.max(counts[i].maxAbsDiff, together.largest);
    }
    const [before, after] = [tensorOf(own, graph.output), tensorOf(others, graph.output)];
    if (differences(before, after).count > 0) changed++;
    if (decisionOf(before) !== decisionOf(after)) decisions++;
    onProgress(v + 1, vectors.length);
    await yieldNow();
  }
  return { layers: layers.map(({ name }, i) => ({ name, ...counts[i] })), vectors: changed, decisions };
}

function tensorOf(tensors: Tensors, name: string): TensorData {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new InternalError(`'${name}' was not computed`);
  return tensor;
}

/** The layer under its own rule, on what the network computed before it. */
function computeAlone(node: Node, tensors: Tensors, index: GraphIndex): TensorData {
  const operands = node.inputs.map((name): Operand => ({ type: index.node(name).type, data: tensorOf(tensors, name) }));
  const computed = opOf(node).reference?.(node, operands);
  if (computed === undefined) throw new InternalError(`'${node.name}': ${node.op} has no integer form`);
  return computed;
}

function differences(a: TensorData, b: TensorData): { count: number; largest: number } {
  let [count, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    count++;
    largest = Math.max(largest, Math.abs(a[i] - b[i]));
  }
  return { count, largest };
}

/** The first of the largest scores; of an argmax, whose one value is it already, that value. */
function decisionOf(output: TensorData): number {
  if (output.length === 1) return output[0];
  let best = 0;
  for (let i = 1; i < output.length; i++) if (output[i] > output[best]) best = i;
  return best;
}

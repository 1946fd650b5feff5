import { InternalError } from '../diagnostics/diagnostic.js';
import { type FloatGraph, type Graph, GraphIndex, type IntegerGraph } from '../ir/graph.js';
import type { TensorData, TensorType } from '../ir/tensor.js';
import { sourceOf } from '../ops/facts.js';
import { opOf } from '../ops/index.js';
import type { OpDefinition, Operand } from '../ops/op.js';

/** Every tensor of a run by node name, the input included. */
export type Tensors = ReadonlyMap<string, TensorData>;

/** The elements of an input, or of another tensor of that type, from their bytes in little-endian order. */
export function fromBytes({ dtype }: Pick<TensorType, 'dtype'>, bytes: Uint8Array): TensorData {
  // Copied, since bytes may stand at any address.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case 'i8':
      return new Int8Array(buffer);
    case 'i16':
      return new Int16Array(buffer);
    case 'i32':
      return new Int32Array(buffer);
    default:
      throw new InternalError(`no integer graph has a tensor of ${dtype}`);
  }
}

/** Runs an integer graph on the bytes of an input. */
export const runReferenceOn = (graph: IntegerGraph, input: Uint8Array): Tensors =>
  runReference(graph, fromBytes(sourceOf(graph).type, input));

/** Runs an integer graph by the definition of each op. `input` is int8 or int16, as the graph's is, NHWC. */
export function runReference(graph: IntegerGraph, input: TensorData): Tensors {
  return interpret(graph, input, op => op.reference);
}

/** Runs a float graph with bound weights. `input` is in real units. */
export function runFloat(graph: FloatGraph, input: Float32Array): Tensors {
  return interpret(graph, input, op => op.evaluate);
}

function interpret(graph: Graph, input: TensorData, meaning: (op: OpDefinition) => OpDefinition['reference']): Tensors {
  const index = new GraphIndex(graph);
  const tensors = new Map<string, TensorData>();
  for (const node of graph.nodes) {
    const op = opOf(node);
    if (op.traits.source) {
      tensors.set(node.name, input);
      continue;
    }
    const compute = meaning(op);
    if (compute === undefined)
      throw new InternalError(`'${node.name}': ${node.op} has no meaning in this form of the graph`);
    const operands = node.inputs.map((name): Operand => {
      const data = tensors.get(name);
      if (data === undefined) throw new InternalError(`'${name}' was not computed`);
      return { type: index.node(name).type, data };
    });
    tensors.set(node.name, compute(node, operands));
  }
  return tensors;
}

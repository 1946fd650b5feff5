import { InternalError } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import type { TensorData } from '../ir/tensor.js';
import { opTable } from '../ops/index.js';
import type { OpDefinition, Operand } from '../ops/op.js';

/** Every tensor of a run by node name, the input included. */
export type Tensors = ReadonlyMap<string, TensorData>;

/** Runs an integer graph by the definition of each op. `input` is int8, NHWC. */
export function runReference(graph: Graph, input: Int8Array): Tensors {
  return interpret(graph, input, op => op.reference);
}

/** Runs a float graph with bound weights. `input` is in real units. */
export function runFloat(graph: Graph, input: Float32Array): Tensors {
  return interpret(graph, input, op => op.evaluate);
}

function interpret(graph: Graph, input: TensorData, meaning: (op: OpDefinition) => OpDefinition['reference']): Tensors {
  const index = new GraphIndex(graph);
  const tensors = new Map<string, TensorData>();
  for (const node of graph.nodes) {
    const op = opTable.get(node.op);
    if (op === undefined) throw new InternalError(`no op '${node.op}'`);
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

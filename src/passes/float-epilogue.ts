import type { GraphIndex, Node } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import type { OpTraits } from '../ops/op.js';
import type { Activation } from '../ops/shared/activation.js';
import type { LinearAttributes } from '../ops/shared/linear.js';

/** Questions that the fusing passes share. */
export function traits(node: Node | undefined): OpTraits {
  return (node && opTable.get(node.op)?.traits) ?? {};
}

/** The linear op that only `reader` reads, if its input is one. */
export function exclusiveLinear(index: GraphIndex, reader: Node): Node<LinearAttributes> | undefined {
  const producer = index.node(reader.inputs[0]);
  if (traits(producer).linear !== true || index.onlyReader(producer.name) !== reader) return undefined;
  return producer as Node<LinearAttributes>;
}

export function activationOf(node: Node): Activation {
  return (node.attributes as { readonly function: Activation }).function;
}

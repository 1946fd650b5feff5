import type { GraphIndex, Node } from '../ir/graph.js';
import { opOf } from '../ops/index.js';
import type { OpTraits } from '../ops/op.js';
import { type Activation, isClamp, isIdentity, isPiecewiseLinear } from '../ops/shared/activation.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';

/** Questions that the fusing passes share. */
export function traits(node: Node | undefined): OpTraits {
  return (node && opOf(node).traits) ?? {};
}

/** The linear op that only `reader` reads, if its input is one. */
export function exclusiveLinear(index: GraphIndex, reader: Node): Node<LinearAttributes> | undefined {
  const producer = index.node(reader.inputs[0]);
  if (traits(producer).linear !== true || index.onlyReader(producer.name) !== reader) return undefined;
  return producer as Node<LinearAttributes>;
}

/** Can the op before an activation do its work? A linear op any that is linear on either side of zero, an op that clamps one that is a clamp. */
export function takesIn(producer: Node, activation: Activation): boolean {
  const { linear, clamps } = traits(producer);
  if (!(linear === true && isPiecewiseLinear(activation)) && !(clamps === true && isClamp(activation))) return false;
  const { activation: present, affine } = producer.attributes as Partial<LinearAttributes>;
  return present !== undefined && isIdentity(present) && affine !== true;
}

export function activationOf(node: Node): Activation {
  return (node.attributes as { readonly function: Activation }).function;
}

/** A batch norm as `x * scale[c] + offset[c]`, in double precision. */
export function scaleAndOffset(node: Node): { scale: Float64Array; offset: Float64Array } {
  const { gamma, beta, mean, variance } = node.constants;
  const epsilon = node.attributes.epsilon as number;
  const scale = Float64Array.from(gamma.data, (g, c) => g / Math.sqrt(variance.data[c] + epsilon));
  const offset = Float64Array.from(beta.data, (b, c) => b - mean.data[c] * scale[c]);
  return { scale, offset };
}

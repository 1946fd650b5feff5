import { type SubByteBits, subByteLimit } from '../../src/ir/tensor.js';
import type { QuantisedModel } from '../../src/quantize/quantise.js';

/** The model with weights that fit so many bits, and say so: what is left of each int8 value when it is divided, or its sign. */
export function narrowed(model: QuantisedModel, bitsOf: (layer: number) => SubByteBits | undefined): QuantisedModel {
  const nodes = model.graph.nodes.map((node, i) => {
    const { weight } = node.constants;
    if (weight?.dtype !== 'i8') return node;
    const bits = bitsOf(i);
    if (bits === undefined) return node;
    const limit = subByteLimit(bits);
    const data = Int8Array.from(weight.data, w =>
      bits === 1 ? (w < 0 ? -1 : 1) : (Math.abs(w) % (limit + 1)) * Math.sign(w),
    );
    return { ...node, constants: { ...node.constants, weight: { ...weight, data, bits } } };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}

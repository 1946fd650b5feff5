import { isLinear } from '../interpreter/float-network.js';
import type { FloatGraph, Node } from '../ir/graph.js';
import { type SubByteBits, subByteWidths } from '../ir/tensor.js';
import { matches, refuseName } from './name-pattern.js';

/** Bits of a layer's weights. */
export type WeightBits = 8 | SubByteBits;

/** Widths by the names of layers; `*` in a pattern stands for any characters. */
export interface WeightBitsRule {
  readonly pattern: string;
  readonly bits: WeightBits;
}

/** Widths below 8, by node name. */
export type SubByteLayers = ReadonlyMap<string, SubByteBits>;

/** Layers whose weights can be sub-byte: those that `--weight-bits` may name. */
export const weightLayers = (graph: FloatGraph): readonly Node[] => graph.nodes.filter(isLinear);

/** The width that the model description gives the layer; 8 where it says nothing. */
export function declaredBits({ attributes: { weightBits } }: Node): WeightBits {
  const declared = ([8, ...subByteWidths] as const).find(bits => bits === weightBits);
  return declared ?? 8;
}

/**
 * The widths of the layers of a fused float graph: those that rules give them, and what the model declares where none does. Of several
 * rules that name a layer the last one counts.
 * @throws CompileError E0506 for a rule that names no layer with weights
 */
export function subByteLayers(graph: FloatGraph, rules: readonly WeightBitsRule[]): SubByteLayers {
  const layers = weightLayers(graph);
  const names = layers.map(({ name }) => name);
  const widths = new Map(layers.map(layer => [layer.name, declaredBits(layer)]));
  for (const { pattern, bits } of rules) {
    const named = names.filter(name => matches(pattern, name));
    if (named.length === 0)
      refuseName(`no layer of '${graph.name}' with weights is named '${pattern}'`, pattern, names);
    for (const name of named) widths.set(name, bits);
  }
  return new Map([...widths].flatMap(([name, bits]) => (bits === 8 ? [] : [[name, bits] as const])));
}

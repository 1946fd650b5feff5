import { fail } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import type { Graph, Node } from '../ir/graph.js';
import type { NarrowBits } from '../ir/tensor.js';
import { isLinear } from './float-network.js';

/** Bits of a layer's weights. */
export type WeightBits = 8 | NarrowBits;

/** Widths by the names of layers; `*` in a pattern stands for any characters. */
export interface WeightBitsRule {
  readonly pattern: string;
  readonly bits: WeightBits;
}

/** Widths below 8, by node name. */
export type NarrowLayers = ReadonlyMap<string, NarrowBits>;

/** Layers that have weights, which can be narrow: those that `--weight-bits` may name. */
export const weightLayers = (graph: Graph): readonly Node[] => graph.nodes.filter(isLinear);

/**
 * The widths that rules give to the layers of a fused float graph; of several rules that name a layer the last one counts.
 * @throws CompileError E0506 for a rule that names no layer with weights
 */
export function narrowLayers(graph: Graph, rules: readonly WeightBitsRule[]): NarrowLayers {
  const names = weightLayers(graph).map(({ name }) => name);
  const widths = new Map<string, WeightBits>();
  for (const { pattern, bits } of rules) {
    const named = names.filter(name => matches(pattern, name));
    if (named.length === 0) refuse(graph, pattern, names);
    for (const name of named) widths.set(name, bits);
  }
  return new Map([...widths].flatMap(([name, bits]) => (bits === 8 ? [] : [[name, bits] as const])));
}

function refuse(graph: Graph, pattern: string, names: readonly string[]): never {
  const guess = nearest(pattern, names);
  return fail('E0506', `no layer of '${graph.name}' with weights is named '${pattern}'`, {
    notes: [`layers with weights: ${names.join(', ')}`],
    hint: guess === undefined ? '`*` stands for any characters: *.pw' : `did you mean ${guess}?`,
  });
}

/** Does a name fit a pattern? In time that grows with their product, whatever the pattern is. */
export function matches(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

import { CompileError, InternalError, invariant } from '../../diagnostics/diagnostic.js';
import { type Attributes, type GraphForm, GraphIndex, type Node } from '../../ir/graph.js';
import { opOf } from '../../ops/index.js';
import type { EmitRequest } from '../blocks/block.js';
import { blockTable } from '../blocks/index.js';
import { families, isDress } from './families.js';
import type { ImportedGraph, RecognisedBlock } from './imported-model.js';

/** A model with its blocks, and the new names of nodes that got one. */
type Recognised<F extends GraphForm> = ImportedGraph<F> & { readonly renames: ReadonlyMap<string, string> };

/**
 * Finds the blocks of the vocabulary in a model, and names their nodes as the block does: `block1.pw`. The nodes of a block
 * are put in the order in which it makes them, so that the model.ts that is written makes the same graph.
 */
export function recogniseBlocks<F extends GraphForm>(model: ImportedGraph<F>): Recognised<F> {
  const index = new GraphIndex(model.graph);
  const { nodes } = model.graph;
  const fuses = !nodes.some(({ op }) => isDress(op));
  const names = new Map<string, string>();
  const blocks: RecognisedBlock[] = [];
  const ordered: Node[] = [];
  for (let i = 0; i < nodes.length; ) {
    const found = blockAt(i, model, index, fuses);
    if (found === undefined) {
      ordered.push(nodes[i++]);
      continue;
    }
    const name = `block${blocks.length + 1}`;
    const made = found.made.map(({ name: part }) => `${name}${part.slice(found.kind.length)}`);
    found.nodes.forEach((node, k) => {
      names.set(node.name, made[k]);
    });
    blocks.push({ kind: found.kind, name, options: found.options, nodes: made });
    ordered.push(...found.nodes);
    i += found.nodes.length;
  }
  return blocks.length === 0
    ? { ...model, renames: names }
    : { ...renamed(model, ordered, names), blocks, renames: names };
}

/** More nodes than any block has. */
const mostNodes = 128;

interface Match {
  readonly kind: string;
  readonly options: Attributes;
  /** What the block makes, and the nodes of the model that are the same. */
  readonly made: readonly Node[];
  readonly nodes: readonly Node[];
}

/** The block that makes the nodes from the one with this number on. */
function blockAt(
  first: number,
  { graph, calls }: ImportedGraph<GraphForm>,
  index: GraphIndex,
  fuses: boolean,
): Match | undefined {
  const [from] = graph.nodes[first].inputs;
  if (from === undefined) return undefined;
  const input = index.node(from);
  const rest = graph.nodes.slice(first, first + mostNodes);
  const activationOf = (node: Node) => calls.get(node.name)?.activation ?? { kind: 'identity' as const };
  for (const { kind, guesses } of families) {
    for (const guess of guesses({ nodes: rest, input, index, fuses, activationOf })) {
      const made = build(kind, guess, input, fuses);
      const nodes = made && matching(made, rest.slice(0, made.length), input, index);
      if (made !== undefined && nodes !== undefined) {
        return { kind, options: shortest(kind, guess, input, made, fuses), made, nodes };
      }
    }
  }
  return undefined;
}

/** Of `nodes`, those that are the same as what a block makes, in its order; undefined unless that is all of them, and closed. */
function matching(
  made: readonly Node[],
  nodes: readonly Node[],
  input: Node,
  index: GraphIndex,
): readonly Node[] | undefined {
  const inside = new Set(nodes.map(({ name }) => name));
  const found: Node[] = [];
  const names = new Map([[input.name, input.name]]);
  for (const { name, op, inputs, attributes } of made) {
    const wanted = inputs.map(from => names.get(from) ?? '');
    // A sum is the same in either order, and gets that of the block.
    const sorted = (list: readonly string[]) => (op === 'add' ? [...list].sort() : list).join();
    const text = JSON.stringify(attributes);
    const node = nodes.find(
      other =>
        other.op === op &&
        sorted(other.inputs) === sorted(wanted) &&
        JSON.stringify(other.attributes) === text &&
        !found.some(earlier => earlier.name === other.name),
    );
    if (node === undefined) return undefined;
    found.push({ ...node, inputs: wanted });
    names.set(name, node.name);
  }
  const closed = found
    .slice(0, -1)
    .every(({ name }) => name !== index.graph.output && index.readers(name).every(reader => inside.has(reader.name)));
  return closed ? found : undefined;
}

/** Options without those under whose defaults the block makes the same. */
function shortest(kind: string, options: Attributes, input: Node, made: readonly Node[], fuses: boolean): Attributes {
  const text = JSON.stringify(made);
  let result = options;
  for (const key of Object.keys(options)) {
    const { [key]: _left, ...rest } = result;
    if (JSON.stringify(build(kind, rest, input, fuses)) === text) result = rest;
  }
  return result;
}

/** The nodes of a block, with activations fused in where the model has them so; undefined where the options do not suit it. */
function build(kind: string, options: Attributes, input: Node, fuses: boolean): readonly Node[] | undefined {
  const block = blockTable.get(kind);
  invariant(block !== undefined, `${kind} is a block`);
  const parsed = block.options.safeParse(options);
  if (!parsed.success) return undefined;
  const nodes: Node[] = [];
  const emit = (op: string, { name = op, inputs, options = {} }: EmitRequest): Node => {
    const [from] = inputs;
    const entry = opOf({ op }).vocabulary;
    const attributes = entry?.attributes(
      entry.options.parse(options),
      inputs.map(({ type }) => type),
    );
    if (attributes === undefined) throw new InternalError(`${op} can be written in a model`);
    if (fuses && opOf({ op }).traits.activation === true) {
      const fused = { ...from, attributes: { ...from.attributes, activation: attributes.function } };
      nodes[nodes.indexOf(from)] = fused;
      return fused;
    }
    const shape = opOf({ op }).inferShape(
      { name, attributes },
      inputs.map(({ type }) => type.shape),
    );
    const names = inputs.map(node => node.name);
    const node = { name, op, inputs: names, attributes, constants: {}, type: { ...from.type, shape } };
    nodes.push(node);
    return node;
  };
  try {
    const refuse = (): never => {
      throw new CompileError([]);
    };
    const result = block.build({ name: kind, options: parsed.data, inputs: [input], emit, refuse });
    return result.name === nodes.at(-1)?.name ? nodes : undefined;
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

function renamed<F extends GraphForm>(
  model: ImportedGraph<F>,
  ordered: readonly Node[],
  names: ReadonlyMap<string, string>,
): ImportedGraph<F> {
  const rename = (name: string) => names.get(name) ?? name;
  const keys = <T>(map: ReadonlyMap<string, T>) => new Map([...map].map(([name, value]) => [rename(name), value]));
  const { graph } = model;
  const nodes = ordered.map(node => ({ ...node, name: rename(node.name), inputs: node.inputs.map(rename) }));
  return {
    ...model,
    graph: { ...graph, nodes, output: rename(graph.output) },
    calls: keys(model.calls),
  };
}

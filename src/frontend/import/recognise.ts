import { CompileError, InternalError, invariant } from '../../diagnostics/diagnostic.js';
import { type Attributes, GraphIndex, type Node } from '../../ir/graph.js';
import type { EmitRequest } from '../blocks/block.js';
import { blockTable } from '../blocks/index.js';
import { definitionOf } from './import-builder.js';
import type { ImportedModel, RecognisedBlock } from './imported-model.js';

/** Options under which a block might make these nodes, each the only reader of the one in front; undefined when it is not its kind. */
type Guess = (nodes: readonly Node[], activation: string) => Attributes;

interface Pattern {
  readonly block: string;
  /** Kinds of the nodes, in order, and how the block calls them. */
  readonly nodes: readonly (readonly [kind: string, part: string])[];
  readonly guess: Guess;
}

/** Blocks that can be recognised. Whether a guess is right is found out by building the block, so it may be rash. */
const patterns: readonly Pattern[] = [
  {
    block: 'effnetBlock',
    nodes: [
      ['conv', 'pw'],
      ['depthwiseConv', 'dw1'],
      ['maxPool', 'pool'],
      ['depthwiseConv', 'dw2'],
      ['conv', 'conv'],
    ],
    guess: ([pw, dw1, pool, , conv], activation) => {
      const { kernel } = pool.attributes as { readonly kernel: readonly number[] };
      const { stride, padding } = conv.attributes as Record<'stride' | 'padding', readonly number[]>;
      const { multiplier } = dw1.attributes as { readonly multiplier: number };
      return {
        channels: conv.type.shape.channels,
        bottleneck: pw.type.shape.channels,
        ...(multiplier === 1 ? {} : { multiplier }),
        ...(kernel[0] === 2 ? { poolAxis: 'height' } : {}),
        ...(stride[1] === 2 ? { strideAxis: 'width' } : {}),
        ...(padding.some(amount => amount > 0) ? { padding: 'same' } : {}),
        ...(activation === 'relu' ? {} : { activation }),
        batchNorm: 'none',
      };
    },
  },
];

/** Finds the blocks of the vocabulary in a model, and names their nodes as the block does: `block1.pw`. */
export function recogniseBlocks(model: ImportedModel): ImportedModel {
  const index = new GraphIndex(model.graph);
  const names = new Map<string, string>();
  const blocks: RecognisedBlock[] = [];
  for (const first of model.graph.nodes) {
    for (const pattern of patterns) {
      const nodes = names.has(first.name) ? undefined : chainFrom(first, pattern, index);
      const options = nodes && matchingOptions(nodes, pattern, model, index);
      if (nodes === undefined || options === undefined) continue;
      const name = `block${blocks.length + 1}`;
      for (const [i, [, part]] of pattern.nodes.entries()) names.set(nodes[i].name, `${name}.${part}`);
      const made = pattern.nodes.map(([, part]) => `${name}.${part}`);
      blocks.push({ kind: pattern.block, name, options, nodes: made });
    }
  }
  return blocks.length === 0 ? model : { ...renamed(model, names), blocks };
}

function chainFrom(first: Node, { nodes }: Pattern, index: GraphIndex): readonly Node[] | undefined {
  const chain: Node[] = [];
  let node: Node | undefined = first;
  for (const [kind] of nodes) {
    if (node?.op !== kind) return undefined;
    chain.push(node);
    node = index.onlyReader(node.name);
  }
  return chain;
}

/** Options under which the block makes these nodes, attribute for attribute. */
function matchingOptions(
  nodes: readonly Node[],
  { block, guess }: Pattern,
  { calls }: ImportedModel,
  index: GraphIndex,
): Attributes | undefined {
  const [first] = nodes;
  const activation = calls.get(first.name)?.activation.kind ?? 'identity';
  const options = guess(nodes, activation);
  const made = build(block, options, index.node(first.inputs[0]));
  if (made === undefined || made.length !== nodes.length) return undefined;
  const same = made.every(({ op, attributes }, i) => {
    return op === nodes[i].op && JSON.stringify(attributes) === JSON.stringify(nodes[i].attributes);
  });
  return same ? options : undefined;
}

/** The nodes of a block with activations fused in; undefined where the options do not suit it. */
function build(kind: string, options: Attributes, input: Node): readonly Node[] | undefined {
  const block = blockTable.get(kind);
  invariant(block !== undefined, `${kind} is a block`);
  const parsed = block.options.safeParse(options);
  if (!parsed.success) return undefined;
  const nodes: Node[] = [];
  const emit = (op: string, { name = op, inputs, options = {} }: EmitRequest): Node => {
    const [from] = inputs;
    const entry = definitionOf(op).vocabulary;
    const attributes = entry?.attributes(entry.options.parse(options), [from.type]);
    if (attributes === undefined) throw new InternalError(`${op} can be written in a model`);
    if (definitionOf(op).traits.activation === true) {
      const fused = { ...from, attributes: { ...from.attributes, activation: attributes.function } };
      nodes[nodes.indexOf(from)] = fused;
      return fused;
    }
    const shape = definitionOf(op).inferShape({ name, attributes }, [from.type.shape]);
    const node = { name, op, inputs: [from.name], attributes, constants: {}, type: { ...from.type, shape } };
    nodes.push(node);
    return node;
  };
  try {
    const refuse = (): never => {
      throw new CompileError([]);
    };
    block.build({ name: kind, options: parsed.data, inputs: [input], emit, refuse });
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
  return nodes;
}

function renamed(model: ImportedModel, names: ReadonlyMap<string, string>): ImportedModel {
  const rename = (name: string) => names.get(name) ?? name;
  const keys = <T>(map: ReadonlyMap<string, T>) => new Map([...map].map(([name, value]) => [rename(name), value]));
  const { graph } = model;
  const nodes = graph.nodes.map(node => ({ ...node, name: rename(node.name), inputs: node.inputs.map(rename) }));
  return {
    ...model,
    graph: { ...graph, nodes, output: rename(graph.output) },
    activations: keys(model.activations),
    calls: keys(model.calls),
  };
}

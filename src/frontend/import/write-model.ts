import { invariant } from '../../diagnostics/diagnostic.js';
import { type Attributes, type AttributeValue, type GraphForm, GraphIndex, type Node } from '../../ir/graph.js';
import { opOf } from '../../ops/index.js';
import { type Activation, hasOptions, isIdentity } from '../../ops/shared/activation.js';
import type { ImportedGraph, RecognisedBlock } from './imported-model.js';

/** Lines are broken after so many characters. */
const longest = 120;

/**
 * A model.ts that describes an imported network: one constant for each layer, named like it. Read and fused, it is the graph
 * that was imported; `origin` says where from, in the comment on top.
 */
export function writeModel(model: ImportedGraph<GraphForm>, origin: string): string {
  const { graph, blocks } = model;
  const index = new GraphIndex(graph);
  const words = new Set(['defineModel']);
  const variables = variablesOf(model);
  const variable = (name: string) => variables.get(name) ?? name;
  const inBlock = new Map(blocks.flatMap(block => block.nodes.map(name => [name, block] as const)));
  const lines = graph.nodes.flatMap(node => {
    const block = inBlock.get(node.name);
    if (block !== undefined && block.nodes.at(-1) !== node.name) return [];
    const { words: used, text } =
      block === undefined ? writeNode(node, model, index, variable) : writeBlock(block, index, variable);
    for (const word of used) words.add(word);
    return [`  const ${variable(node.name)} = ${text};`];
  });
  const imports = [...words].sort((a, b) => a.localeCompare(b, 'en')).join(', ');
  const importLine = `import { ${imports} } from 'effnetc';`;
  const broken =
    importLine.length <= longest ? importLine : `import {\n  ${imports.replaceAll(', ', ',\n  ')},\n} from 'effnetc';`;
  return [
    `/** ${origin.replaceAll('*/', '* /')} */`,
    broken,
    '',
    `export default defineModel('${graph.name}', () => {`,
    ...lines,
    `  return ${variable(graph.output)};`,
    '});',
    '',
  ].join('\n');
}

interface Written {
  readonly words: readonly string[];
  readonly text: string;
}

function writeNode(
  node: Node,
  model: ImportedGraph<GraphForm>,
  index: GraphIndex,
  variable: (name: string) => string,
): Written {
  const call = model.calls.get(node.name);
  invariant(call !== undefined, `${node.name} can be written`);
  const op = opOf(node);
  const options = simplified(node, call.options, index);
  const named = op.traits.source === true ? options : { name: node.name, ...options };
  const tensors = node.inputs.map(variable);
  const inputs = op.variadic === true ? [`[${tensors.join(', ')}]`] : tensors;
  const plain = `${node.op}(${[...inputs, printValue(named)].join(', ')})`;
  if (isIdentity(call.activation)) return { words: [node.op], text: plain };
  return { words: [node.op, 'activation'], text: `activation(${plain}, ${printActivation(call.activation)})` };
}

function writeBlock(
  { kind, name, options, nodes }: RecognisedBlock,
  index: GraphIndex,
  variable: (name: string) => string,
): Written {
  const [input] = index.node(nodes[0]).inputs;
  return { words: [kind], text: `${kind}(${variable(input)}, ${printValue({ name, ...options })})` };
}

/** Options in the shortest form that means the same: what an op takes to be so is left out. */
function simplified(node: Node, options: Attributes, index: GraphIndex): Attributes {
  const types = index.inputTypes(node);
  const entry = opOf(node).vocabulary;
  const meaning = (candidate: Attributes) => {
    const parsed = entry?.options.safeParse(candidate);
    return parsed?.success ? JSON.stringify(entry?.attributes(parsed.data, types)) : undefined;
  };
  const original = meaning(options);
  let result = options;
  const attempt = (candidate: Attributes) => {
    if (meaning(candidate) === original) result = candidate;
  };
  // Twice: what can be left out may depend on what was.
  for (const key of [...Object.keys(options), ...Object.keys(options)]) {
    if (!(key in result)) continue;
    const { [key]: _left, ...rest } = result;
    attempt(rest);
    if (!(key in result)) continue;
    attempt({ ...result, [key]: 'same' });
    const value = options[key];
    if (Array.isArray(value) && value.length === 2 && value[0] === value[1]) attempt({ ...result, [key]: value[0] });
    if (typeof result[key] === 'object' && !Array.isArray(result[key])) {
      const shorter = Object.entries(result[key] as Attributes).filter(([, amount]) => amount !== 0);
      attempt({ ...result, [key]: Object.fromEntries(shorter) as AttributeValue });
    }
  }
  return result;
}

const printActivation = (activation: Activation): string =>
  hasOptions(activation) ? printValue(activation) : `'${activation.kind}'`;

function printValue(value: AttributeValue | Attributes): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [`${key}: ${printValue(inner)}`],
  );
  return `{ ${entries.join(', ')} }`;
}

/** A constant for each node, called like it: `block1.pw` becomes `block1_pw`; of a block, the result is called like the block. */
function variablesOf({ graph, blocks }: ImportedGraph<GraphForm>): ReadonlyMap<string, string> {
  const results = new Map(blocks.map(({ name, nodes }) => [nodes.at(-1) ?? name, name]));
  const taken = new Set<string>();
  return new Map(
    graph.nodes.map(node => {
      const plain = opOf(node).traits.source === true ? 'image' : (results.get(node.name) ?? node.name);
      let variable = plain.replace(/[^A-Za-z0-9_]/g, '_');
      while (taken.has(variable)) variable += '_';
      taken.add(variable);
      return [node.name, variable];
    }),
  );
}

import type { Attributes, AttributeValue, GraphIndex, Node } from '../../ir/graph.js';
import { type Activation, hasOptions } from '../../ops/shared/activation.js';

/** Where a block might begin. */
export interface Beginning {
  /** From the first that the block would make on. */
  readonly nodes: readonly Node[];
  /** What the first one reads. */
  readonly input: Node;
  readonly index: GraphIndex;
  /** Activations are part of the nodes before them, and there are no batch norms: so in quantised models. */
  readonly fuses: boolean;
  /** What is fused into a node. */
  activationOf(node: Node): Activation;
}

/** A block, and options under which it might make the nodes. Whether a guess is right is found out by building the block, so it may be rash. */
export interface Family {
  readonly kind: string;
  readonly guesses: (beginning: Beginning) => readonly Attributes[];
}

/** What a conv of a float network is dressed in. */
export const isDress = (op: string): boolean => op === 'activation' || op === 'batchNorm';

/** The longest of the blocks before: the others may be a part of them. */
export const families: readonly Family[] = [
  { kind: 'effnetBlock', guesses: effnet },
  { kind: 'shufflenetUnit', guesses: shufflenet },
  { kind: 'mobilenetBlock', guesses: mobilenet },
  { kind: 'invertedResidual', guesses: inverted },
  { kind: 'mixConv', guesses: mixed },
];

/** The nodes without what dresses them, when they begin with these kinds. */
function beginsWith({ nodes }: Beginning, ...kinds: readonly string[]): readonly Node[] | undefined {
  const plain = nodes.slice(0, 4 * kinds.length).filter(({ op }) => !isDress(op));
  return kinds.every((kind, i) => plain[i]?.op === kind) ? plain : undefined;
}

const list = ({ attributes }: Node, name: string): readonly number[] => attributes[name] as readonly number[];
const count = ({ attributes }: Node, name: string): number => attributes[name] as number;
const channelsOf = (node: Node): number => node.type.shape.channels;

/** Two sizes as model.ts has them. */
const perAxis = ([rows, columns]: readonly number[]): AttributeValue => (rows === columns ? rows : [rows, columns]);

/** The window of a depthwise conv. */
const windowOf = (node: Node): Attributes => ({
  kernel: perAxis(list(node, 'kernel')),
  stride: perAxis(list(node, 'stride')),
});

/** Activation, batch norm and bias of a conv. */
function dressOf({ nodes, fuses, activationOf }: Beginning, conv: Node): Attributes {
  if (fuses) return { activation: named(activationOf(conv)), batchNorm: 'none' };
  const at = nodes.indexOf(conv);
  const following = nodes.slice(at + 1, at + 3);
  const dress = following.slice(0, isDress(following[0]?.op) ? 2 : 0).filter(({ op }) => isDress(op));
  const norm = dress.find(({ op }) => op === 'batchNorm');
  const activation = dress.find(({ op }) => op === 'activation')?.attributes.function as Activation | undefined;
  return {
    activation: named(activation ?? { kind: 'identity' }),
    batchNorm: norm === undefined ? 'none' : norm === dress[0] ? 'before' : 'after',
    ...(norm?.attributes.epsilon === undefined ? {} : { epsilon: norm.attributes.epsilon }),
    ...(conv.attributes.bias === undefined ? {} : { bias: conv.attributes.bias }),
  };
}

const named = (activation: Activation): AttributeValue =>
  hasOptions(activation) ? { ...activation } : activation.kind;

function effnet(beginning: Beginning): Attributes[] {
  const found = beginsWith(beginning, 'conv', 'depthwiseConv', 'maxPool', 'depthwiseConv', 'conv');
  if (found === undefined) return [];
  const [pw, dw1, pool, , conv] = found;
  const multiplier = count(dw1, 'multiplier');
  const { activation: pointwiseActivation, ...dress } = dressOf(beginning, pw);
  return [
    {
      channels: channelsOf(conv),
      bottleneck: channelsOf(pw),
      ...(multiplier === 1 ? {} : { multiplier }),
      ...(list(pool, 'kernel')[0] === 2 ? { poolAxis: 'height' } : {}),
      ...(list(conv, 'stride')[1] === 2 ? { strideAxis: 'width' } : {}),
      ...(list(conv, 'padding').some(amount => amount > 0) ? { padding: 'same' } : {}),
      activation: dressOf(beginning, dw1).activation,
      pointwiseActivation,
      ...dress,
    },
  ];
}

function mobilenet(beginning: Beginning): Attributes[] {
  const found = beginsWith(beginning, 'depthwiseConv', 'conv');
  if (found === undefined) return [];
  const [dw, pw] = found;
  return [{ channels: channelsOf(pw), ...windowOf(dw), ...dressOf(beginning, dw) }];
}

function inverted(beginning: Beginning): Attributes[] {
  const expanding = beginsWith(beginning, 'conv', 'depthwiseConv', 'conv');
  const found = expanding ?? beginsWith(beginning, 'depthwiseConv', 'conv');
  if (found === undefined) return [];
  const [dw, project] = expanding === undefined ? found : found.slice(1);
  const expansion = expanding === undefined ? 1 : channelsOf(found[0]) / channelsOf(beginning.input);
  return [{ channels: channelsOf(project), expansion, ...windowOf(dw), ...dressOf(beginning, dw) }];
}

function shufflenet(beginning: Beginning): Attributes[] {
  const found = beginsWith(beginning, 'conv', 'channelShuffle', 'depthwiseConv', 'conv');
  if (found === undefined) return [];
  const [reduce, , dw, expand] = found;
  const made = channelsOf(expand);
  const options = {
    groups: count(expand, 'groups'),
    firstGroups: count(reduce, 'groups'),
    bottleneck: channelsOf(reduce),
    stride: perAxis(list(dw, 'stride')),
    ...dressOf(beginning, reduce),
  };
  return [
    { channels: made, ...options },
    { channels: made + channelsOf(beginning.input), ...options },
    { channels: made, shortcut: false, ...options },
  ];
}

/** More kernels than mixConv takes. */
const mostParts = 16;

function mixed(beginning: Beginning): Attributes[] {
  const { nodes, input, index } = beginning;
  if (nodes[0].op !== 'slice') return [];
  const slices = index.readers(input.name).filter(({ op }) => op === 'slice');
  if (slices.length > mostParts) return [];
  const convs = [...slices]
    .sort((a, b) => count(a, 'from') - count(b, 'from'))
    .map(({ name }) => index.onlyReader(name));
  const depthwise = convs.filter(conv => conv?.op === 'depthwiseConv').map(conv => conv as Node);
  if (depthwise.length !== slices.length) return [];
  const kernels = depthwise.map(conv => perAxis(list(conv, 'kernel')));
  const [first] = depthwise;
  const dress = dressOf(beginning, first);
  return [{ kernels, stride: perAxis(list(first, 'stride')), ...dress }];
}

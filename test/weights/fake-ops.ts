import { InternalError } from '../../src/diagnostics/diagnostic.js';
import type { Span } from '../../src/diagnostics/span.js';
import type { Attributes, FloatGraph, Node } from '../../src/ir/graph.js';
import type { Shape } from '../../src/ir/tensor.js';
import type { OpDefinition, ParameterSpec, QuantisedParameterSpec } from '../../src/ops/op.js';

// Ops as binding sees them: kinds with parameters in the conventions of PyTorch and Keras, and nothing else.

type Parameters = (attributes: Attributes, input: Shape) => readonly ParameterSpec[];
type Quantised = (attributes: Attributes, input: Shape) => readonly QuantisedParameterSpec[];

function fakeOp(
  kind: string,
  parameters?: Parameters,
  quantised?: Quantised,
  traits: OpDefinition['traits'] = {},
): OpDefinition {
  const none = (): never => {
    throw new InternalError('not a part of the fake');
  };
  return {
    kind,
    summary: '',
    arity: 1,
    traits,
    get attributes() {
      return none();
    },
    inferShape: none,
    rowWindows: none,
    macs: none,
    evaluate: none,
    parameters: parameters && (({ attributes }, [input]) => parameters(attributes, input)),
    quantisedParameters: quantised && (({ attributes }, [input]) => quantised(attributes, input)),
  };
}

const int = (attributes: Attributes, key: string) => Number(attributes[key] ?? 1);

function vector(role: string, count: number, pytorch: string, keras: string): ParameterSpec {
  return {
    role,
    shape: [count],
    forms: [
      { convention: 'pytorch', suffix: pytorch, fileShape: [count] },
      { convention: 'keras', suffix: keras, fileShape: [count] },
    ],
  };
}

const conv = fakeOp(
  'conv',
  (a, { channels: i }) => {
    const [o, h, w] = [int(a, 'channels'), int(a, 'h'), int(a, 'w')];
    const weight: ParameterSpec = {
      role: 'weight',
      shape: [o, h, w, i],
      forms: [
        { convention: 'pytorch', suffix: 'weight', fileShape: [o, i, h, w], axes: [0, 2, 3, 1] },
        { convention: 'keras', suffix: 'kernel', fileShape: [h, w, i, o], axes: [3, 0, 1, 2] },
      ],
    };
    return a.bias === true ? [weight, vector('bias', o, 'bias', 'bias')] : [weight];
  },
  (a, { channels: i }) => [
    { role: 'weight', dtype: 'i8', shape: [int(a, 'channels'), int(a, 'h'), int(a, 'w'), i] },
    { role: 'scale', dtype: 'f64', shape: [int(a, 'channels')] },
    { role: 'bias', dtype: 'i32', orDtype: 'f64', shape: [int(a, 'channels')] },
  ],
);

const depthwise = fakeOp('depthwiseConv', (a, { channels: c }) => {
  const [h, w, m] = [int(a, 'h'), int(a, 'w'), int(a, 'multiplier')];
  return [
    {
      role: 'weight',
      shape: [h, w, c * m],
      forms: [
        // `view` is what merges Keras' axes of channel and multiplier.
        { convention: 'pytorch', suffix: 'weight', fileShape: [c * m, 1, h, w], view: [c * m, h, w], axes: [1, 2, 0] },
        { convention: 'keras', suffix: 'depthwise_kernel', fileShape: [h, w, c, m], view: [h, w, c * m] },
        { convention: 'keras', suffix: 'kernel', fileShape: [h, w, c, m], view: [h, w, c * m] },
      ],
    },
  ];
});

const batchNorm = fakeOp('batchNorm', (_, { channels: c }) => [
  vector('gamma', c, 'weight', 'gamma'),
  vector('beta', c, 'bias', 'beta'),
  vector('mean', c, 'running_mean', 'moving_mean'),
  vector('variance', c, 'running_var', 'moving_variance'),
]);

const dense = fakeOp('dense', (a, { height, width, channels }) => {
  const [o, i] = [int(a, 'units'), height * width * channels];
  return [
    {
      role: 'weight',
      shape: [o, i],
      forms: [
        { convention: 'pytorch', suffix: 'weight', fileShape: [o, i] },
        { convention: 'keras', suffix: 'kernel', fileShape: [i, o], axes: [1, 0] },
      ],
    },
    vector('bias', o, 'bias', 'bias'),
  ];
});

const source = fakeOp('input', undefined, undefined, { source: true });

const table = new Map([conv, depthwise, batchNorm, dense, source, fakeOp('other')].map(op => [op.kind, op]));

export function lookup({ op: kind }: Pick<Node, 'op'>): OpDefinition {
  const found = table.get(kind);
  if (found === undefined) throw new InternalError(`no fake op ${kind}`);
  return found;
}

export const spanAt = (line: number): Span => ({ file: 'model.ts', line, column: 7, length: 4 });

/** Builds a chain of nodes; each reads the one before it, and stands on its own line of model.ts. */
export class Chain {
  private readonly nodes: Node[] = [];
  private shape: Shape;

  constructor(height: number, width: number, channels: number) {
    this.shape = { height, width, channels };
    this.add('input', 'input', {});
  }

  add(op: string, name: string, attributes: Attributes, aliases?: readonly string[], shape?: Partial<Shape>): this {
    this.shape = { ...this.shape, ...shape };
    const previous = this.nodes.at(-1);
    this.nodes.push({
      name,
      op,
      inputs: previous === undefined ? [] : [previous.name],
      attributes,
      constants: {},
      type: { dtype: 'f32', shape: this.shape },
      span: spanAt(this.nodes.length + 1),
      aliases,
    });
    return this;
  }

  conv(name: string, channels: number, [h, w] = [1, 1], bias = false, aliases?: readonly string[]): this {
    return this.add('conv', name, { channels, h, w, bias }, aliases, { channels });
  }

  batchNorm(name: string, aliases?: readonly string[], epsilon = 0): this {
    return this.add('batchNorm', name, { epsilon }, aliases);
  }

  graph(name = 'net'): FloatGraph {
    return { form: 'float', name, nodes: this.nodes, output: this.nodes.at(-1)?.name ?? '' };
  }
}

/** EffNet CIFAR-10 as the trained files have it: conv, batch norm and activation as PyTorch's Sequential numbers them. */
export function effnet(normPosition: 1 | 2): FloatGraph {
  const chain = new Chain(32, 32, 3);
  const norm = (name: string) => chain.batchNorm(`${name}.bn`, [`${name}.${normPosition}`]);
  let channels = 3;
  for (const [i, out] of [64, 128, 256].entries()) {
    const block = `block${i + 1}`;
    const half = out / 2;
    chain.conv(`${block}.pw`, half, [1, 1], false, [`${block}.pw.0`]);
    norm(`${block}.pw`);
    for (const [name, h, w] of [
      ['dw1', 1, 3],
      ['dw2', 3, 1],
    ] as const) {
      chain.add('depthwiseConv', `${block}.${name}`, { h, w }, [`${block}.${name}.0`]);
      norm(`${block}.${name}`);
    }
    chain.conv(`${block}.conv`, out, [2, 1], false, [`${block}.conv.0`]);
    norm(`${block}.conv`);
    channels = out;
  }
  chain.add('other', 'flatten', {}, undefined, { height: 4, width: 4, channels });
  return chain.add('dense', 'fc', { units: 10 }, undefined, { height: 1, width: 1, channels: 10 }).graph('effnet');
}

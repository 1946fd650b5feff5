import type { Draws } from './draws.js';

interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The line of a layer, and what it makes. */
interface Layer {
  readonly text: string;
  readonly to: Shape;
}

/** Makes a layer that reads `x`, called `name`; nothing where none suits the shape. */
type LayerMaker = (from: Shape, draw: Draws, name: string) => Layer | undefined;

const activations = ["'relu'", "'relu6'", "'tanh'", "{ kind: 'leakyRelu', slope: 0.2 }", "{ kind: 'prelu' }"] as const;

/** What may follow a layer with weights, fused with it where that is possible. */
function followers(draw: Draws): string {
  const activation = draw.onceIn(3) ? '' : ` x = activation(x, ${draw.of(activations)});`;
  return draw.onceIn(4) ? `${activation} x = batchNorm(x);` : activation;
}

/** A window that leaves at least one row and one column, and where it ends up; padding is less than the kernel. */
function windowOn({ height, width, channels }: Shape, draw: Draws): Layer {
  const side = (size: number) => {
    const kernel = draw.between(1, Math.min(4, size + 1));
    const stride = draw.between(1, 2);
    const before = draw.between(0, kernel - 1);
    const after = Math.max(draw.between(0, kernel - 1), kernel - size - before);
    return { kernel, stride, before, after, size: Math.floor((size + before + after - kernel) / stride) + 1 };
  };
  const [y, x] = [side(height), side(width)];
  const padding = `{ top: ${y.before}, bottom: ${y.after}, left: ${x.before}, right: ${x.after} }`;
  return {
    text: `kernel: [${y.kernel}, ${x.kernel}], stride: [${y.stride}, ${x.stride}], padding: ${padding}`,
    to: { height: y.size, width: x.size, channels },
  };
}

const conv: LayerMaker = (from, draw, name) => {
  const { text, to } = windowOn(from, draw);
  const channels = draw.of([1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 33]);
  const line = `x = conv(x, { name: '${name}', channels: ${channels}, ${text} });`;
  return { text: line + followers(draw), to: { ...to, channels } };
};

const grouped: LayerMaker = (from, draw, name) => {
  const counts = [2, 3, 4, 5, 8].filter(count => from.channels % count === 0);
  if (counts.length === 0) return undefined;
  const groups = draw.of(counts);
  const { text, to } = windowOn(from, draw);
  const channels = groups * draw.between(1, 5);
  const line = `x = conv(x, { name: '${name}', channels: ${channels}, groups: ${groups}, ${text} });`;
  return { text: line + followers(draw), to: { ...to, channels } };
};

const depthwise: LayerMaker = (from, draw, name) => {
  const multiplier = from.channels < 12 && draw.onceIn(3) ? 2 : 1;
  const { text, to } = windowOn(from, draw);
  const line = `x = depthwiseConv(x, { name: '${name}', multiplier: ${multiplier}, ${text} });`;
  return { text: line + followers(draw), to: { ...to, channels: from.channels * multiplier } };
};

const pool: LayerMaker = (from, draw) => {
  const { text, to } = windowOn(from, draw);
  return { text: `x = ${draw.of(['maxPool', 'avgPool'])}(x, { ${text} });`, to };
};

const pointwise = (name: string, { channels }: Shape): string =>
  `conv(x, { name: '${name}', channels: ${channels}, kernel: 1 })`;

const branches: LayerMaker = (from, draw, name) => ({
  text: `x = ${draw.of(['add', 'sub', 'mul'])}(${pointwise(name, from)}, ${pointwise(`${name}b`, from)});`,
  to: from,
});

const concat: LayerMaker = (from, _draw, name) => {
  if (from.channels >= 20) return undefined;
  const parts = `${pointwise(name, from)}, maxPool(x, { kernel: 1 }), depthwiseConv(x, { name: '${name}b', kernel: 1 })`;
  return { text: `x = concat([${parts}]);`, to: { ...from, channels: 3 * from.channels } };
};

const slice: LayerMaker = from => {
  const channels = from.channels - 1;
  return channels < 2
    ? undefined
    : { text: `x = slice(x, { from: 1, channels: ${channels} });`, to: { ...from, channels } };
};

const shuffle: LayerMaker = (from, draw) => {
  const counts = [2, 3, 4].filter(count => from.channels % count === 0);
  return counts.length === 0 ? undefined : { text: `x = channelShuffle(x, { groups: ${draw.of(counts)} });`, to: from };
};

const pad: LayerMaker = from => ({
  text: 'x = pad(x, { padding: { top: 1, left: 2, right: 1 } });',
  to: { ...from, height: from.height + 1, width: from.width + 3 },
});

const rescale: LayerMaker = from => ({
  text: "x = rescale(x, { function: { kind: 'leakyRelu', slope: 0.3 }, perChannel: true });",
  to: from,
});

/** Layers with weights are the most frequent: they have the most kernels. */
const makers = [conv, conv, conv, grouped, depthwise, depthwise, depthwise, pool, pool, branches, branches].concat([
  concat,
  slice,
  shuffle,
  pad,
  rescale,
]);

/** What a network may end with. */
const ends = ['', '', 'x = mean(x);', 'UNITS', 'UNITS x = softmax(x);'];

/** The text of a network of a few layers. */
export function randomLayers(draw: Draws): { readonly input: string; readonly body: string } {
  let shape: Shape = {
    height: draw.between(1, 9),
    width: draw.between(1, 11),
    channels: draw.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 20, 24]),
  };
  const input = `height: ${shape.height}, width: ${shape.width}, channels: ${shape.channels}`;
  const lines: string[] = [];
  const count = draw.between(3, 6);
  while (lines.length < count) {
    const layer = draw.of(makers)(shape, draw, `n${lines.length}`);
    if (layer === undefined) continue;
    lines.push(layer.text);
    shape = layer.to;
  }
  const dense = `x = dense(x, { name: 'last', units: ${draw.between(1, 12)} });`;
  return { input, body: [...lines, draw.of(ends).replace('UNITS', dense)].join(' ').trim() };
}

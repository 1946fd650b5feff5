import { overlayDistance } from '../../src/kernels/shared/overlay.js';
import type { RowLayer, RowProgram, RowTensor } from '../../src/plan/row-program.js';

interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const same = { rows: 1, stride: 1, before: 0 };

/** Row programs of networks whose ops are not in the vocabulary yet, with the overlays of the portable kernels. */
class Network {
  private readonly tensors: RowTensor[] = [];
  private readonly shapes: Shape[] = [];
  private readonly layers: RowLayer[] = [];

  constructor(input: Shape) {
    this.tensor('input', input, 'input');
  }

  shape(tensor: number): Shape {
    return this.shapes[tensor];
  }

  private tensor(name: string, shape: Shape, home: RowTensor['home']): number {
    this.shapes.push(shape);
    this.tensors.push({ name, rows: shape.height, rowBytes: shape.width * shape.channels, home });
    return this.tensors.length - 1;
  }

  private layer(kind: string, shape: Shape, rest: Partial<RowLayer> & Pick<RowLayer, 'inputs'>): number {
    const name = `${kind}${this.layers.length}`;
    const output = this.tensor(name, shape, 'arena');
    const { height: steps } = shape;
    this.layers.push({ name, output, steps, makes: 'each', stateBytes: 0, scratchBytes: 0, ...rest });
    return output;
  }

  /** `same` padding. `channel`: each output channel is made of one input channel. */
  window(x: number, kernel: number, stride: number, channels: number, done: 'pixel' | 'channel'): number {
    const input = this.shape(x);
    const size = (n: number): number => Math.ceil(n / stride);
    const output = { height: size(input.height), width: size(input.width), channels };
    const before = (n: number): number => Math.floor(Math.max((size(n) - 1) * stride + kernel - n, 0) / 2);
    const overlay = overlayDistance(input, output, { stride, left: before(input.width) }, done);
    const window = { rows: kernel, stride, before: before(input.height) };
    return this.layer('window', output, { inputs: [{ tensor: x, window, overlay }] });
  }

  pointwise(x: number, channels: number): number {
    return this.window(x, 1, 1, channels, 'pixel');
  }

  depthwise(x: number, kernel: number, stride: number): number {
    return this.window(x, kernel, stride, this.shape(x).channels, 'channel');
  }

  add(x: number, y: number): number {
    const inputs = [x, y].map(tensor => ({ tensor, window: same, overlay: 0 }));
    return this.layer('add', this.shape(x), { inputs });
  }

  /** The channels of all inputs after one another. */
  concat(...xs: readonly number[]): number {
    const channels = xs.reduce((sum, x) => sum + this.shape(x).channels, 0);
    const inputs = xs.map(tensor => ({ tensor, window: same }));
    return this.layer('concat', { ...this.shape(xs[0]), channels }, { inputs });
  }

  /** Mean over all positions, as int32 sums. */
  mean(x: number): number {
    const { height, channels } = this.shape(x);
    const inputs = [{ tensor: x, window: same }];
    const shape = { height: 1, width: 1, channels };
    return this.layer('mean', shape, { inputs, steps: height, makes: 'last', stateBytes: 4 * channels });
  }

  /** Each channel by a factor of its own. */
  scale(x: number, factors: number): number {
    const every = { rows: 1, stride: 0, before: 0 };
    const inputs = [
      { tensor: x, window: same, overlay: 0 },
      { tensor: factors, window: every },
    ];
    return this.layer('scale', this.shape(x), { inputs });
  }

  program(): RowProgram {
    const tensors = this.tensors.map((t, i) => (i === this.tensors.length - 1 ? { ...t, home: 'output' as const } : t));
    return { tensors, layers: this.layers };
  }
}

/** ShuffleNet for CIFAR-10 (arXiv 1801.06434, table 2): the shuffle is addressing, and costs no layer. */
export function shuffleNet(): RowProgram {
  const net = new Network({ height: 32, width: 32, channels: 3 });
  let x = net.window(0, 3, 1, 64, 'pixel');
  x = net.window(x, 2, 2, 64, 'channel');
  for (const [middle, channels] of [
    [32, 128],
    [64, 256],
  ]) {
    const y = net.depthwise(net.pointwise(x, middle), 3, 2);
    const shortcut = net.window(x, 3, 2, net.shape(x).channels, 'channel');
    x = net.concat(shortcut, net.pointwise(y, channels - net.shape(x).channels));
  }
  net.pointwise(net.mean(x), 10);
  return net.program();
}

/** Rows of MixNet-S: kernel, stride, expansion, output channels, squeeze-excite ratio, repeats (arXiv 1907.09595, fig. 5). */
const mixNetRows: readonly (readonly [number, number, number, number, number, number])[] = [
  [3, 1, 1, 16, 0, 1],
  [3, 2, 6, 24, 0, 1],
  [3, 1, 3, 24, 0, 1],
  [7, 2, 6, 40, 0.5, 1],
  [5, 1, 6, 40, 0.5, 3],
  [7, 2, 6, 80, 0.25, 1],
  [5, 1, 6, 80, 0.25, 2],
  [7, 1, 6, 120, 0.5, 1],
  [9, 1, 3, 120, 0.5, 2],
  [11, 2, 6, 200, 0.5, 1],
  [9, 1, 6, 200, 0.5, 2],
];

/** MixNet-S at 224x224; the mixed depthwise convolution is one layer with the window of its largest kernel. */
export function mixNetS(): RowProgram {
  const net = new Network({ height: 224, width: 224, channels: 3 });
  let x = net.window(0, 3, 2, 16, 'pixel');
  for (const [kernel, firstStride, expansion, channels, ratio, repeats] of mixNetRows) {
    for (let r = 0; r < repeats; r++) {
      const stride = r === 0 ? firstStride : 1;
      const from = net.shape(x).channels;
      let y = expansion === 1 ? x : net.pointwise(x, from * expansion);
      y = net.depthwise(y, kernel, stride);
      if (ratio > 0) {
        const squeezed = net.pointwise(net.mean(y), Math.max(1, Math.floor(from * ratio)));
        y = net.scale(y, net.pointwise(squeezed, net.shape(y).channels));
      }
      y = net.pointwise(y, channels);
      x = stride === 1 && from === channels ? net.add(x, y) : y;
    }
  }
  net.pointwise(net.mean(net.pointwise(x, 1536)), 1000);
  return net.program();
}

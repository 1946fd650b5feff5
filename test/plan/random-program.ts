import fc from 'fast-check';
import type { RowInput, RowLayer, RowProgram, RowTensor } from '../../src/plan/row-program.js';

/** What makes a layer, before it is known how large its inputs are. */
interface Draft {
  readonly kind: 'window' | 'sum' | 'accumulate' | 'enlarge';
  readonly from: number;
  readonly other: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly rowBytes: number;
  readonly overlay: number | undefined;
  readonly scratchBytes: number;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('window', 'window', 'window', 'sum', 'accumulate', 'enlarge'),
  from: fc.nat(3),
  other: fc.nat(5),
  kernel: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 11 })),
  stride: fc.integer({ min: 1, max: 3 }),
  before: fc.nat(10),
  after: fc.nat(10),
  rowBytes: fc.integer({ min: 1, max: 40 }),
  overlay: fc.option(fc.nat(12), { nil: undefined }),
  scratchBytes: fc.oneof(fc.constant(0), fc.nat(9)),
});

/**
 * Programs of any shape that a graph can have: chains, skips, branches that meet again, several readers, windows that leave
 * rows unread, one-row tensors, layers that keep sums, scratch, overlays of any distance.
 */
export function rowProgram(layers: { readonly min: number; readonly max: number; readonly rows: number }) {
  return fc
    .record({
      rows: fc.integer({ min: 1, max: layers.rows }),
      rowBytes: fc.integer({ min: 1, max: 40 }),
      drafts: fc.array(draft, { minLength: layers.min, maxLength: layers.max }),
    })
    .map(({ rows, rowBytes, drafts }) => build(rows, rowBytes, drafts));
}

function build(rows: number, rowBytes: number, drafts: readonly Draft[]): RowProgram {
  const tensors: RowTensor[] = [{ name: 't0', rows, rowBytes, home: 'input' }];
  const layers: RowLayer[] = [];
  for (const [i, d] of drafts.entries()) {
    // Mostly the latest tensor, sometimes one before.
    const from = Math.max(0, tensors.length - 1 - (d.from === 3 ? 2 : d.from === 2 ? 1 : 0));
    const height = tensors[from].rows;
    const layer = layerOf(d, from, height, tensors);
    tensors.push({ name: `t${i + 1}`, rows: layer.rows, rowBytes: layer.rowBytes ?? d.rowBytes, home: 'arena' });
    layers.push({
      name: `l${i}`,
      inputs: layer.inputs,
      output: i + 1,
      steps: layer.steps,
      makes: layer.makes,
      stateBytes: layer.makes === 'last' ? 4 * d.rowBytes : 0,
      scratchBytes: d.scratchBytes,
    });
  }
  tensors[tensors.length - 1] = { ...tensors[tensors.length - 1], home: 'output' };
  return { tensors, layers };
}

interface LayerShape {
  readonly inputs: readonly RowInput[];
  readonly rows: number;
  readonly steps: number;
  readonly makes: RowLayer['makes'];
  readonly rowBytes?: number;
}

function layerOf(d: Draft, from: number, height: number, tensors: readonly RowTensor[]): LayerShape {
  const same = { rows: 1, stride: 1, before: 0 };
  const { overlay } = d;
  if (d.kind === 'enlarge' && height <= 16) {
    const repeat = d.stride + 1;
    const window = { rows: 1 + (d.before % 2), stride: 1, before: d.before % 2, repeat };
    return {
      inputs: [{ tensor: from, window, overlay }],
      rows: height * repeat,
      steps: height * repeat,
      makes: 'each',
    };
  }
  if (d.kind === 'accumulate') {
    return { inputs: [{ tensor: from, window: same }], rows: 1, steps: height, makes: 'last' };
  }
  if (d.kind === 'sum') {
    // Of two tensors with as many rows, perhaps one tensor twice; a one-row tensor is read by every step.
    const like = tensors.flatMap(({ rows }, t) => (rows === height ? [t] : []));
    const one = tensors.flatMap(({ rows }, t) => (rows === 1 ? [t] : []));
    const second = d.other === 5 && one.length > 0 ? one[0] : like[d.other % like.length];
    const window = tensors[second].rows === height ? same : { rows: 1, stride: 0, before: 0 };
    const inputs = [
      { tensor: from, window: same, overlay },
      { tensor: second, window, overlay: window.stride === 0 ? undefined : overlay },
    ];
    return { inputs, rows: height, steps: height, makes: 'each' };
  }
  // Less padding than the kernel on either side, but so much that it fits: the kernel may be taller than the tensor.
  const { kernel } = d;
  const before = Math.min(d.before, kernel - 1);
  const after = Math.max(Math.min(d.after, kernel - 1), kernel - height - before);
  const rows = Math.floor((height + before + after - kernel) / d.stride) + 1;
  const window = { rows: kernel, stride: d.stride, before };
  return { inputs: [{ tensor: from, window, overlay }], rows, steps: rows, makes: 'each' };
}

import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { Shape } from '../../ir/tensor.js';
import type { ImportBuilder } from '../import/import-builder.js';
import type { Label, Padding } from '../import/values.js';

/** Elements along an axis of a node's tensor, `step` apart. */
export interface Run {
  readonly axis: keyof Shape;
  readonly size: number;
  readonly step: number;
}

/**
 * A tensor of the file, as a way to look at a node's tensor. ONNX counts in NCHW and effnetc in NHWC, and reshapes and
 * transposes change how the file counts: none of that moves anything until some layer needs the elements in another order.
 */
export interface View {
  readonly node: Node;
  /** Of each dimension of the file, the runs that it consists of, outermost first; none for a size of one. */
  readonly dims: readonly (readonly Run[])[];
  /** Zeros still to be put around; a convolution does that by itself. */
  readonly padding?: Padding | undefined;
}

const full = (axis: keyof Shape, { type: { shape } }: Node): readonly Run[] =>
  shape[axis] === 1 ? [] : [{ axis, size: shape[axis], step: 1 }];

/** The node as NCHW, or as a matrix of one row where `rank` is 2; as rank 3, the height is left out. */
export function viewOf(node: Node, rank = 4): View {
  const [c, h, w] = [full('channels', node), full('height', node), full('width', node)];
  const trailing = rank <= 1 ? [] : rank === 2 ? [c] : rank === 3 ? [c, w] : [c, h, w];
  return { node, dims: rank <= 1 ? [c] : [[], ...trailing] };
}

/** The node as NHWC. */
export function channelsLastView(node: Node): View {
  return { node, dims: [[], full('height', node), full('width', node), full('channels', node)] };
}

/** Dimensions that the file sees, padding included. */
export function dimsOf({ dims, padding }: View): number[] {
  const sizes = dims.map(runs => runs.reduce((size, run) => size * run.size, 1));
  if (padding === undefined) return sizes;
  const [top, bottom, left, right] = padding;
  return [...sizes.slice(0, 2), sizes[2] + top + bottom, sizes[3] + left + right];
}

/** Neighbouring runs as one where they are. */
function joined(runs: readonly Run[]): readonly Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (run.size === 1) continue;
    if (last !== undefined && last.axis === run.axis && last.step === run.size * run.step) {
      result[result.length - 1] = { ...run, size: run.size * last.size };
    } else result.push(run);
  }
  return result;
}

const sameRuns = (a: readonly Run[], b: readonly Run[]): boolean =>
  a.length === b.length &&
  a.every((run, i) => run.axis === b[i].axis && run.size === b[i].size && run.step === b[i].step);

/** The same elements in the same order with other dimensions; undefined where a dimension would mix parts of axes. */
export function reshapedView({ node, dims }: View, sizes: readonly number[]): View | undefined {
  const left = [...joined(dims.flat())];
  const result: Run[][] = [];
  for (const size of sizes) {
    const runs: Run[] = [];
    let needed = size;
    while (needed > 1) {
      const run = left.shift();
      if (run === undefined) return undefined;
      if (needed % run.size === 0) {
        runs.push(run);
        needed /= run.size;
      } else if (run.size % needed === 0) {
        const inner = run.size / needed;
        runs.push({ ...run, size: needed, step: run.step * inner });
        left.unshift({ ...run, size: inner });
        needed = 1;
      } else return undefined;
    }
    result.push(runs);
  }
  return left.length === 0 ? { node, dims: result } : undefined;
}

/** Height, width and channels of a view as ONNX counts: [N, C, H, W], [N, C, W], [N, C] or [C]. */
function imageRuns(dims: View['dims']): { c: readonly Run[]; h: readonly Run[]; w: readonly Run[] } | undefined {
  const [batch, c = [], ...rest] = dims.length === 1 ? [[], ...dims] : dims;
  if (batch === undefined || joined(batch).length > 0 || rest.length > 2) return undefined;
  const [w = [], h = []] = [...rest].reverse();
  return { c: joined(c), h: joined(h), w: joined(w) };
}

const sizeOf = (runs: readonly Run[]): number => runs.reduce((size, run) => size * run.size, 1);

/**
 * The node whose tensor, counted in NHWC, is the file's in NCHW; padding is left to the caller. A shuffle of channels and a
 * flatten become a layer here, where somebody reads them.
 * @throws CompileError E0122 where elements would have to be moved in another way
 */
export function unpaddedNode(builder: ImportBuilder, view: View, label: Label): Node {
  const { node } = view;
  const runs = imageRuns(view.dims);
  if (runs === undefined) {
    return fail('E0124', `a tensor of shape [${dimsOf(view).join(', ')}] is no [1, channels, height, width]`, label);
  }
  const { c, h, w } = runs;
  const [allC, allH, allW] = [full('channels', node), full('height', node), full('width', node)];
  if (sameRuns(c, allC) && sameRuns(h, allH) && sameRuns(w, allW)) return node;
  if (sameRuns(h, allH) && sameRuns(w, allW) && c.length === 2 && c.every(run => run.axis === 'channels')) {
    const [inGroup, group] = c;
    if (inGroup.step === 1 && group.step === inGroup.size && inGroup.size * group.size === node.type.shape.channels) {
      const options = { groups: group.size };
      return builder.add({ kind: 'channelShuffle', ...label, name: `${label.name}.shuffle`, inputs: [node], options });
    }
  }
  const natural = joined([...allH, ...allW, ...allC]);
  const vector = h.length === 0 && w.length === 0;
  if (vector && sameRuns(c, joined([...allC, ...allH, ...allW]))) {
    const options = { order: 'NCHW' };
    return builder.add({ kind: 'flatten', ...label, name: `${label.name}.flatten`, inputs: [node], options });
  }
  if (sameRuns(joined([...h, ...w, ...c]), natural)) {
    if (vector) return builder.add({ kind: 'flatten', ...label, name: `${label.name}.flatten`, inputs: [node] });
    const options = { height: sizeOf(h), width: sizeOf(w), channels: sizeOf(c) };
    return builder.add({ kind: 'reshape', ...label, name: `${label.name}.reshape`, inputs: [node], options });
  }
  return fail('E0122', `a tensor of shape [${dimsOf(view).join(', ')}] would have to be transposed at run time`, {
    span: label.span,
    hint: 'NCHW and NHWC are exchanged at no cost, and so are channels in groups, as ShuffleNet has it; leave other transposes out',
  });
}

/** Is it the node's tensor, element for element, in the order NHWC? Then it is a result as it stands. */
export function isNatural({ node, dims, padding }: View): boolean {
  const natural = joined([...full('height', node), ...full('width', node), ...full('channels', node)]);
  return padding === undefined && sameRuns(joined(dims.flat()), natural);
}

/** Of each element of a view, in the order of the file, its place in the node's tensor in the order NHWC. */
export function placesOf({ node, dims }: View): Int32Array {
  const { width, channels } = node.type.shape;
  const weight = { height: width * channels, width: channels, channels: 1 };
  let places = Int32Array.of(0);
  for (const { axis, size, step } of dims.flat()) {
    const next = new Int32Array(places.length * size);
    places.forEach((place, i) => {
      for (let k = 0; k < size; k++) next[i * size + k] = place + k * step * weight[axis];
    });
    places = next;
  }
  return places;
}

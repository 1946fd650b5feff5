import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { Session } from '../../src/diagnostics/session.js';
import { isQuantised } from '../../src/frontend/import/imported-model.js';
import { importOnnxBytes } from '../../src/frontend/onnx/import-onnx.js';
import { runFloat, runReference } from '../../src/interpreter/reference.js';
import { type FloatGraph, type Graph, GraphIndex } from '../../src/ir/graph.js';
import { elementCount, type Shape } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import { opTable } from '../../src/ops/index.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { floatPasses, runPasses } from '../../src/passes/index.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { type ModelSpec, writeOnnx } from './write-onnx.js';

env.wasm.numThreads = 1;
env.logLevel = 'error';

export const importModel = (model: ModelSpec) => importOnnxBytes(writeOnnx(model), 'net.onnx', new Session());

/** The graph of a float network. */
export function importFloat(model: ModelSpec): FloatGraph {
  const imported = importModel(model);
  if (isQuantised(imported)) throw new Error('a quantised network');
  return imported.graph;
}

/** Kinds of the layers, in order, without the input. */
export const layersOf = (graph: Graph): string[] =>
  graph.nodes.filter(node => opTable.get(node.op)?.traits.source !== true).map(node => node.op);

/** From NHWC to NCHW. */
export function channelsFirst(data: ArrayLike<number>, { height, width, channels }: Shape): number[] {
  return Array.from({ length: data.length }, (_, i) => {
    const c = Math.floor(i / (height * width));
    return data[(i % (height * width)) * channels + c];
  });
}

/** What ONNX Runtime makes of an input of the type that the file says. */
export async function runOnnx(
  bytes: Uint8Array,
  type: 'float32' | 'int8' | 'uint8',
  input: readonly number[],
  dims: readonly number[],
): Promise<{ readonly data: readonly number[]; readonly dims: readonly number[] }> {
  const session = await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' });
  const arrays = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array };
  const feeds = { [session.inputNames[0]]: new Tensor(type, arrays[type].from(input) as Float32Array, dims) };
  const output = (await session.run(feeds))[session.outputNames[0]];
  await session.release();
  return { data: Array.from(output.data as Float32Array), dims: output.dims };
}

/** The dimensions of a model's input, an open batch being 1. */
const dimsOf = (model: ModelSpec): number[] =>
  (model.inputs[0].dims ?? []).map(size => (typeof size === 'number' ? size : 1));

function shapesOf(graph: Graph): { input: Shape; output: Shape } {
  const index = new GraphIndex(graph);
  return { input: graph.nodes[0].type.shape, output: index.node(graph.output).type.shape };
}

/** The largest difference of the float graph, before and after the passes, from ONNX Runtime, and the layers. */
export async function compareFloat(
  model: ModelSpec,
  { last = false, lastOut = false, seed = 1, range = [-2, 2] } = {},
): Promise<{ readonly difference: number; readonly layers: readonly string[]; readonly spread: number }> {
  const graph = importFloat(model);
  verifyGraph(graph, 'import');
  const { input, output } = shapesOf(graph);
  const random = new Random(`${seed}`);
  const image = Float32Array.from({ length: elementCount(input) }, () => random.uniform(range[0], range[1]));
  const given = last ? Array.from(image) : channelsFirst(image, input);
  const expected = await runOnnx(writeOnnx(model), 'float32', given, dimsOf(model));
  const ordered = (found: ArrayLike<number>) =>
    lastOut || expected.dims.length < 3 ? Array.from(found) : channelsFirst(found, output);
  const fused = runPasses(graph, floatPasses);
  const differences = [graph, fused].map(form => {
    const found = ordered(runFloat(form, image).get(form.output) ?? []);
    if (found.length !== expected.data.length) return Number.POSITIVE_INFINITY;
    return Math.max(...found.map((x, i) => Math.abs(x - expected.data[i])));
  });
  const spread = Math.max(...expected.data) - Math.min(...expected.data);
  return { difference: Math.max(...differences), layers: layersOf(graph), spread };
}

export interface Int8Comparison {
  /** Largest difference from ONNX Runtime, in steps of the output. */
  readonly difference: number;
  /** Outputs that differ, as a share. */
  readonly share: number;
  readonly layers: readonly string[];
  readonly distinct: number;
}

/** A quantised network against ONNX Runtime. A float output is taken in steps of its scale. */
export async function compareInt8(model: ModelSpec, seed = 1, images = 8): Promise<Int8Comparison> {
  const imported = importModel(model);
  if (!isQuantised(imported)) throw new Error('a float network');
  const graph = verifyGraph(lowerModel(imported), 'lower');
  const { input, output } = shapesOf(graph);
  const from = graph.nodes[0].type.quantisation ?? { scale: 1, zeroPoint: 0 };
  const to = new GraphIndex(graph).node(graph.output).type.quantisation ?? { scale: 1, zeroPoint: 0 };
  const random = new Random(`${seed}`);
  const bytes = writeOnnx(model);
  let [difference, differing, count] = [0, 0, 0];
  const seen = new Set<number>();
  for (let k = 0; k < images; k++) {
    const image = Int8Array.from({ length: elementCount(input) }, () => Math.floor(256 * random.uniform(0, 1)) - 128);
    const found = channelsFirst(runReference(graph, image).get(graph.output) ?? [], output);
    const kind = model.inputs[0].type ?? 'FLOAT';
    const given = channelsFirst(image, input).map(q =>
      kind === 'FLOAT' ? from.scale * (q - from.zeroPoint) : kind === 'UINT8' ? q + 128 : q,
    );
    const type = kind === 'FLOAT' ? 'float32' : kind === 'UINT8' ? 'uint8' : 'int8';
    const expected = (await runOnnx(bytes, type, given, dimsOf(model))).data.map(y => {
      const kind = model.outputs[0].type ?? 'FLOAT';
      return kind === 'FLOAT' ? Math.round(y / to.scale) + to.zeroPoint : kind === 'UINT8' ? y - 128 : y;
    });
    if (found.length !== expected.length)
      return { difference: Number.POSITIVE_INFINITY, share: 1, layers: [], distinct: 0 };
    for (const [i, q] of found.entries()) {
      difference = Math.max(difference, Math.abs(q - expected[i]));
      differing += q === expected[i] ? 0 : 1;
      seen.add(q);
    }
    count += found.length;
  }
  return { difference, share: differing / count, layers: layersOf(graph), distinct: seen.size };
}

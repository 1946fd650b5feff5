import { invariant } from '../diagnostics/diagnostic.js';
import { fromBytes, runReferenceOn, type Tensors } from '../interpreter/reference.js';
import { yieldRegularly } from '../interpreter/yield.js';
import type { IntegerGraph, Node } from '../ir/graph.js';
import type { TensorData } from '../ir/tensor.js';
import type { DriverResult } from './driver.js';

/** The first byte that differs, in the coordinates of its tensor. */
export interface Mismatch {
  readonly vector: number;
  readonly layer: string;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
  readonly expected: number;
  readonly actual: number;
}

/** Reference outputs of every vector: what all drivers are held against. Computed once. */
export async function referenceTensors(
  graph: IntegerGraph,
  vectors: readonly Uint8Array[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<readonly Tensors[]> {
  const yieldNow = yieldRegularly();
  const all: Tensors[] = [];
  for (const vector of vectors) {
    all.push(runReferenceOn(graph, vector));
    onProgress(all.length, vectors.length);
    await yieldNow();
  }
  return all;
}

/**
 * Holds the results of two graphs that mean the same against each other, over vectors that both have run.
 * @throws InternalError at the first byte that differs: it is effnetc that got it wrong
 */
export function requireSameResults(
  before: IntegerGraph,
  expected: readonly Tensors[],
  after: IntegerGraph,
  actual: readonly Tensors[],
): void {
  for (const [vector, tensors] of expected.entries()) {
    const [wanted, found] = [tensors.get(before.output), actual[vector].get(after.output)];
    const differs = wanted?.length !== found?.length || wanted?.some((value, i) => value !== found?.[i]) === true;
    invariant(!differs, `leaving channels out has changed the result of vector ${vector}`);
  }
}

/** Compares every byte of every layer, and of the output. Undefined when all are equal. */
export function firstMismatch(
  graph: IntegerGraph,
  layers: readonly Node[],
  expected: readonly Tensors[],
  result: DriverResult,
): Mismatch | undefined {
  for (const [vector, tensors] of expected.entries()) {
    for (const [i, node] of layers.entries()) {
      const found = compareTensor(vector, node, tensors.get(node.name), result.layers?.[vector]?.[i]);
      if (found !== undefined) return found;
    }
    const output = layers.find(node => node.name === graph.output);
    const found = output && compareTensor(vector, output, tensors.get(graph.output), result.outputs[vector]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function compareTensor(
  vector: number,
  node: Node,
  expected: TensorData | undefined,
  bytes: Uint8Array | undefined,
): Mismatch | undefined {
  if (expected === undefined || bytes === undefined) {
    throw new RangeError(`no rows of layer '${node.name}' for vector ${vector}`);
  }
  const actual = fromBytes(node.type, bytes);
  if (actual.length !== expected.length) {
    throw new RangeError(`layer '${node.name}' has ${actual.length} elements instead of ${expected.length}`);
  }
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] === expected[i]) continue;
    const { width, channels } = node.type.shape;
    return {
      vector,
      layer: node.name,
      row: Math.floor(i / (width * channels)),
      column: Math.floor(i / channels) % width,
      channel: i % channels,
      expected: expected[i],
      actual: actual[i],
    };
  }
  return undefined;
}

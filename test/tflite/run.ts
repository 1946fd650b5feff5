import { Session } from '../../src/diagnostics/session.js';
import { importTfliteBytes } from '../../src/frontend/tflite/import-tflite.js';
import { runReference } from '../../src/interpreter/reference.js';
import { opTable } from '../../src/ops/index.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { type NetworkSpec, writeTflite } from './write-tflite.js';

export function importNetwork(network: NetworkSpec) {
  return importTfliteBytes(writeTflite(network), 'net.tflite', new Session());
}

/** The integer graph of a network. */
export function loweredNetwork(network: NetworkSpec) {
  return verifyGraph(lowerModel(importNetwork(network)), 'lower');
}

/** What the reference makes of an input, int8 or int16 as the network's. */
export function run(network: NetworkSpec, input: readonly number[]): number[] {
  const graph = loweredNetwork(network);
  const source = graph.nodes[0].type.dtype === 'i16' ? Int16Array.from(input) : Int8Array.from(input);
  return Array.from(runReference(graph, source).get(graph.output) ?? []);
}

/** Kinds of the layers, in order, without the input. */
export const layersOf = (network: NetworkSpec): string[] =>
  importNetwork(network)
    .graph.nodes.filter(node => opTable.get(node.op)?.traits.source !== true)
    .map(node => node.op);

import { FloatNetwork, type FloatTensors } from '../interpreter/float-network.js';
import { yieldRegularly } from '../interpreter/yield.js';
import type { FloatGraph } from '../ir/graph.js';
import { requireFiniteConstants, requireFiniteValues } from './finite.js';
import { Histogram } from './histogram.js';

/** What is seen of a float network while it runs on calibration images. */
export interface Observation {
  /** Values of each tensor. */
  readonly histograms: ReadonlyMap<string, Histogram>;
  /** The largest |value| of each channel of each tensor. */
  readonly largest: ReadonlyMap<string, Float64Array>;
  /** All tensors of a few images. */
  readonly probes: readonly FloatTensors[];
}

/**
 * Runs a bound float graph on images (real units, NHWC).
 * @param probes number of images whose tensors are kept, taken at equal distances
 * @throws CompileError E0503 when a parameter or a value is not finite
 */
export async function observe(
  network: FloatNetwork,
  images: readonly Float32Array[],
  probes: number,
  onImage: () => void = () => {},
): Promise<Observation> {
  const { graph } = network;
  const yieldNow = yieldRegularly();
  requireFiniteConstants(graph);
  const histograms = new Map(graph.nodes.map(node => [node.name, new Histogram()]));
  const largest = new Map(graph.nodes.map(node => [node.name, new Float64Array(node.type.shape.channels)]));
  const distance = Math.ceil(images.length / Math.max(probes, 1));
  const kept: FloatTensors[] = [];
  for (const [i, image] of images.entries()) {
    const tensors = network.run(image);
    for (const node of graph.nodes) {
      const values = tensors.get(node.name) ?? new Float32Array();
      requireFiniteValues(node, values);
      histograms.get(node.name)?.add(values);
      enlarge(largest.get(node.name), values);
    }
    if (probes > 0 && i % distance === 0) kept.push(tensors);
    onImage();
    await yieldNow();
  }
  return { histograms, largest, probes: kept };
}

function enlarge(largest: Float64Array | undefined, values: Float32Array): void {
  if (largest === undefined) return;
  const channels = largest.length;
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === channels ? 0 : c + 1) {
    const magnitude = Math.abs(values[i]);
    if (magnitude > largest[c]) largest[c] = magnitude;
  }
}

/** Value histograms of every tensor of a bound float graph over the calibration images (real units, NHWC). */
export async function calibrate(
  graph: FloatGraph,
  images: Iterable<Float32Array>,
  onImage: () => void = () => {},
): Promise<ReadonlyMap<string, Histogram>> {
  return (await observe(new FloatNetwork(graph), [...images], 0, onImage)).histograms;
}

import type { Graph } from '../ir/graph.js';
import { runFloat } from '../run/reference.js';
import { takeTurns } from '../run/turns.js';
import { Histogram } from './histogram.js';

/** Value histograms of every tensor of a bound float graph over the calibration images (real units, NHWC). */
export async function calibrate(
  graph: Graph,
  images: Iterable<Float32Array>,
  onImage: () => void = () => {},
): Promise<ReadonlyMap<string, Histogram>> {
  const turn = takeTurns();
  const histograms = new Map(graph.nodes.map(node => [node.name, new Histogram()]));
  for (const image of images) {
    for (const [name, values] of runFloat(graph, image)) histograms.get(name)?.add(values);
    onImage();
    await turn();
  }
  return histograms;
}

import type { Graph } from '../ir/graph.js';
import { runFloat } from '../run/reference.js';
import { takeTurns } from '../run/turns.js';
import { requireFiniteConstants, requireFiniteValues } from './finite.js';
import { Histogram } from './histogram.js';

/**
 * Value histograms of every tensor of a bound float graph over the calibration images (real units, NHWC).
 * @throws CompileError E0503 when a parameter or a value is not finite
 */
export async function calibrate(
  graph: Graph,
  images: Iterable<Float32Array>,
  onImage: () => void = () => {},
): Promise<ReadonlyMap<string, Histogram>> {
  const turn = takeTurns();
  requireFiniteConstants(graph);
  const histograms = new Map(graph.nodes.map(node => [node.name, new Histogram()]));
  for (const image of images) {
    const tensors = runFloat(graph, image);
    for (const node of graph.nodes) {
      const values = tensors.get(node.name) ?? [];
      requireFiniteValues(node, values);
      histograms.get(node.name)?.add(values);
    }
    onImage();
    await turn();
  }
  return histograms;
}

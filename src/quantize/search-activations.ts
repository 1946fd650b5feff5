import type { FloatNetwork, FloatTensors } from '../interpreter/float-network.js';
import { yieldRegularly } from '../interpreter/yield.js';
import type { FloatGraph } from '../ir/graph.js';
import { int16Activations, layersOf } from './activation-bits.js';
import { type ChosenRange, errorOfResult, needsRange } from './choose-ranges.js';

/**
 * The layers whose activations can be int16, those first whose rounding to int8 alone changes the result of the float network most;
 * measured on `probes`, all tensors of a few images.
 */
export async function rankActivations(
  network: FloatNetwork,
  probes: readonly FloatTensors[],
  ranges: ReadonlyMap<string, ChosenRange>,
  onLayer: (done: number, total: number) => void = () => {},
): Promise<readonly string[]> {
  const yieldNow = yieldRegularly();
  const possible = int16Activations(network.graph, [{ pattern: '*', bits: 16 }]);
  const names = network.graph.nodes.flatMap(node => (possible.has(node.name) && needsRange(node) ? [node.name] : []));
  const errors = new Map<string, number>();
  for (const name of names) {
    const range = ranges.get(name);
    if (range !== undefined) errors.set(name, await errorOfResult(network, probes, name, range.quantisation, yieldNow));
    onLayer(errors.size, names.length);
  }
  return names.toSorted((a, b) => (errors.get(b) ?? 0) - (errors.get(a) ?? 0));
}

/** What was found: the layers by name, and every state that was measured, the accuracy of the last that passed among them. */
export interface FoundActivations {
  readonly wide: readonly string[];
  readonly passed: boolean;
  readonly accuracy: number;
}

/**
 * The fewest layers of a ranking, from its front, whose int16 activations make a network as good as wanted; all of them where even
 * these do not. Accuracy is taken to grow along the ranking, so that a few states are measured: by halving. Layers that can be int16
 * only together with one that is not among them stay int8.
 * @param measure accuracy with int16 activations of these layers; without any it is less than wanted
 */
export async function searchActivations(
  graph: FloatGraph,
  ranking: readonly string[],
  minAccuracy: number,
  measure: (wide: readonly string[]) => Promise<number>,
): Promise<FoundActivations> {
  const state = (count: number) => layersOf(graph, ranking.slice(0, count));
  // Without any the network was not good enough.
  const known = new Map([['', Number.NEGATIVE_INFINITY]]);
  const accuracyOf = async (wide: readonly string[]) => {
    const accuracy = known.get(wide.join()) ?? (await measure(wide));
    known.set(wide.join(), accuracy);
    return accuracy;
  };
  const all = state(ranking.length);
  const best = await accuracyOf(all);
  if (best < minAccuracy) return { wide: all, passed: false, accuracy: best };
  let [bad, good, accuracy] = [0, ranking.length, best];
  while (good - bad > 1) {
    const middle = Math.floor((good + bad) / 2);
    const found = await accuracyOf(state(middle));
    if (found >= minAccuracy) [good, accuracy] = [middle, found];
    else bad = middle;
  }
  return { wide: state(good), passed: true, accuracy };
}

import { fail, invariant } from '../diagnostics/diagnostic.js';
import type { LayerSensitivity, LayerWidth } from './sensitivity.js';
import type { WeightBitsRule } from './weight-bits.js';

/** What the bits of weights are searched for; both may be given. */
export interface BitsGoal {
  /** Part of labelled images that must be right. */
  readonly minAccuracy?: number | undefined;
  /** Bytes that all weights may take. */
  readonly maxBytes?: number | undefined;
}

/** A layer that becomes narrower, in the order in which that is worth it. */
export interface NarrowingStep {
  readonly layer: string;
  readonly from: LayerWidth;
  readonly to: LayerWidth;
  /** Bytes of all weights from then on. */
  readonly bytes: number;
}

export interface FoundBits {
  readonly layers: readonly { readonly layer: string; readonly width: LayerWidth }[];
  readonly bytes: number;
  /** Of the network that was found; where accuracy was asked for. */
  readonly accuracy?: number | undefined;
  /** What was measured on the way: bytes and accuracy, in order. */
  readonly measured: readonly { readonly bytes: number; readonly accuracy: number }[];
}

/** Bytes of all weights when each layer has the given width, 8 bits where none is. */
const sumOf = (widths: Iterable<LayerWidth>): number => [...widths].reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Greedy order from 8 bits throughout to the least: always the step that adds the least error for the bytes that it saves. Steps
 * of one layer may skip widths: what is no better by error than a narrower one is never worth its bytes.
 */
export function narrowingSteps(layers: readonly LayerSensitivity[]): readonly NarrowingStep[] {
  const current = new Map(layers.map(({ layer, widths }) => [layer, widths[0]]));
  const steps: NarrowingStep[] = [];
  for (;;) {
    let best: { layer: string; from: LayerWidth; to: LayerWidth; price: number } | undefined;
    for (const { layer, widths } of layers) {
      const from = current.get(layer);
      invariant(from !== undefined, `'${layer}' has a width`);
      for (const to of widths) {
        if (to.bytes >= from.bytes) continue;
        const price = (to.error - from.error) / (from.bytes - to.bytes);
        if (best === undefined || price < best.price) best = { layer, from, to, price };
      }
    }
    if (best === undefined) return steps;
    current.set(best.layer, best.to);
    steps.push({ layer: best.layer, from: best.from, to: best.to, bytes: sumOf(current.values()) });
  }
}

/** The layers' widths after the first `count` steps. */
function widthsAfter(layers: readonly LayerSensitivity[], steps: readonly NarrowingStep[], count: number) {
  const widths = new Map(layers.map(({ layer, widths: [widest] }) => [layer, widest]));
  for (const { layer, to } of steps.slice(0, count)) widths.set(layer, to);
  return widths;
}

export const rulesOf = (found: FoundBits['layers']): readonly WeightBitsRule[] =>
  found.map(({ layer, width }) => ({ pattern: layer, bits: width.bits }));

/**
 * The fewest bytes that meet the goal, among the states of the greedy order. Accuracy is taken to fall along it, so that it is measured
 * for a few states only: by halving. Where it does not fall everywhere, what is found still has the wanted accuracy.
 * @param measure accuracy of the network that such widths make
 * @throws CompileError E0507 when the goal cannot be met
 */
export async function searchBits(
  layers: readonly LayerSensitivity[],
  goal: BitsGoal,
  measure: (rules: readonly WeightBitsRule[]) => Promise<number>,
): Promise<FoundBits> {
  const steps = narrowingSteps(layers);
  const stateOf = (count: number) => {
    const widths = widthsAfter(layers, steps, count);
    return { layers: [...widths].map(([layer, width]) => ({ layer, width })), bytes: sumOf(widths.values()) };
  };
  const fits = (count: number) => goal.maxBytes === undefined || stateOf(count).bytes <= goal.maxBytes;
  let least = 0;
  while (least < steps.length && !fits(least)) least++;
  if (!fits(least)) return refuseBytes(stateOf(least).bytes, goal.maxBytes ?? 0);
  const measured: { bytes: number; accuracy: number }[] = [];
  const { minAccuracy } = goal;
  if (minAccuracy === undefined) return { ...stateOf(least), measured };
  const accuracies = new Map<number, number>();
  const passes = async (count: number) => {
    const state = stateOf(count);
    const accuracy = await measure(rulesOf(state.layers));
    measured.push({ bytes: state.bytes, accuracy });
    accuracies.set(count, accuracy);
    return accuracy >= minAccuracy;
  };
  // Bytes first: no state in front of `least` will do. Its accuracy is the best that there is.
  if (!(await passes(least))) return refuseAccuracy(accuracies.get(least) ?? 0, minAccuracy, stateOf(least).bytes);
  let [good, bad] = [least, steps.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await passes(middle)) good = middle;
    else bad = middle;
  }
  return { ...stateOf(good), accuracy: accuracies.get(good), measured };
}

function refuseBytes(least: number, wanted: number): never {
  return fail('E0507', `the weights take ${least} bytes where they are narrowest, more than the ${wanted} wanted`, {
    hint: 'allow more bytes, or make the network smaller',
  });
}

function refuseAccuracy(best: number, wanted: number, bytes: number): never {
  const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;
  return fail('E0507', `${percent(best)} of the images are right, fewer than the ${percent(wanted)} wanted`, {
    notes: [`with weights of ${bytes} bytes, the widest that are allowed`],
    hint: 'allow a lower accuracy or more bytes; more calibration images may help',
  });
}

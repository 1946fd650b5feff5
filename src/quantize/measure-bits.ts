import { invariant } from '../diagnostics/diagnostic.js';
import type { QuantisedModel } from './quantise.js';
import type { StageProgress } from './quantise-model.js';
import type { AccuracyMeter } from './search-bits.js';
import type { WeightBitsRule } from './weight-bits.js';

/** Labelled images that quantised forms of a model are run on. */
export interface LabelledImages {
  readonly count: number;
  /** For the images `from` to `to`: is the class that the model finds the true one? */
  run(model: QuantisedModel, from: number, to: number, onProgress: StageProgress): Promise<readonly boolean[]>;
}

/** A way from widths to a network. */
export type FitBits = (rules: readonly WeightBitsRule[]) => Promise<QuantisedModel>;

/** A first look takes so many images, or a part of all of them. */
const fewestImages = 1000;
const firstShare = 1 / 5;

/** Standard errors that an estimate has to be away from what is wanted; nearer ones are made on all images. */
const certain = 3;

/**
 * Accuracies for the search of bits. An estimate counts the images that are right now and were not with the widest weights, and the
 * other way round: that varies much less than the accuracy itself. So a part of the images mostly tells whether it is enough.
 * @param full the network as it would be written
 * @param sketch a network that is about as good, sooner
 */
export function accuracyMeter(
  images: LabelledImages,
  full: FitBits,
  sketch: FitBits,
  onProgress: StageProgress,
): AccuracyMeter {
  const { count } = images;
  const first = Math.min(count, Math.max(fewestImages, Math.ceil(count * firstShare)));
  let widest: readonly boolean[] | undefined;
  const known = new Map<string, number>();
  return {
    async measure(rules) {
      const key = JSON.stringify(rules);
      const before = known.get(key);
      if (before !== undefined) return before;
      const right = await images.run(await full(rules), 0, count, onProgress);
      widest ??= right;
      known.set(key, shareOf(right));
      return shareOf(right);
    },
    async estimate(rules, wanted) {
      invariant(widest !== undefined, 'the widest weights are measured first');
      const model = await sketch(rules);
      const right = await images.run(model, 0, first, onProgress);
      const { mean, error } = difference(right, widest, count);
      const estimate = shareOf(widest) + mean;
      if (first === count || Math.abs(estimate - wanted) > certain * error) return estimate;
      return shareOf([...right, ...(await images.run(model, first, count, onProgress))]);
    },
  };
}

const shareOf = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;

/** How much more is right than before, and the standard error of that as a guess at all `count` images. */
function difference(right: readonly boolean[], before: readonly boolean[], count: number) {
  const n = right.length;
  const changes = right.map((now, i) => Number(now) - Number(before[i]));
  const mean = changes.reduce((sum, change) => sum + change, 0) / n;
  // One change at least: that none was seen does not mean that there is none.
  const square = Math.max(1, changes.filter(change => change !== 0).length) / n;
  return { mean, error: Math.sqrt(((square - mean ** 2) / n) * (1 - n / count)) };
}

import { InternalError } from '../diagnostics/diagnostic.js';
import type { FloatGraph } from '../ir/graph.js';
import { accuracyMeter, type FitBits, type LabelledImages } from './measure-bits.js';
import { rulesOf } from './narrowing-steps.js';
import type { QuantisedModel } from './quantise.js';
import {
  fitQuantisation,
  type PreparedQuantisation,
  prepareQuantisation,
  type QuantiseOptions,
  type StageProgress,
  sketchQuantisation,
  withWide,
} from './quantise-model.js';
import { rankActivations, searchActivations } from './search-activations.js';
import { allowedStates, type BitsGoal, type FoundBits, searchBits } from './search-bits.js';
import { weightSensitivity } from './sensitivity.js';
import { subByteLayers } from './weight-bits.js';

/** A model that meets a goal, and how its bits were found. */
export interface GoalModel {
  readonly model: QuantisedModel;
  readonly found: FoundBits;
  /** Layers whose activations had to be int16. */
  readonly wide: readonly string[];
}

/**
 * Quantises with the fewest bytes of weights that meet a goal: layers are ranked by what their sub-byte weights change in the
 * network's result, and the order of that ranking is searched. Where not even the widest weights are as good as wanted, and nothing
 * is said of activations, as few layers as will do get int16 ones first. See docs/quantising.md.
 * @param images for calibration, in real units
 * @param labelled images that accuracy is measured on, where the goal asks for it
 * @throws CompileError E0507 when the goal cannot be met; and what quantising throws
 */
export async function quantiseByGoal(
  graph: FloatGraph,
  images: readonly Float32Array[],
  options: QuantiseOptions,
  goal: BitsGoal,
  labelled: LabelledImages = noImages,
  onProgress: StageProgress = () => {},
): Promise<GoalModel> {
  const prepared = await prepareQuantisation(graph, images, options, onProgress);
  const { network, probes, ranges } = prepared;
  const layers = await weightSensitivity(network, probes, (done, total) => onProgress('ranking layers', done, total));
  let state = '';
  const inState: StageProgress = (stage, done, total) => onProgress(`${state}${stage}`, done, total);
  const of = (base: PreparedQuantisation) => measuring(graph, base, options, labelled, inState);
  let [chosen, wide]: [ReturnType<typeof of>, readonly string[]] = [of(prepared), []];
  const { minAccuracy } = goal;
  if (minAccuracy !== undefined && options.activationBits.length === 0) {
    const widest = rulesOf(allowedStates(layers, goal)[0]);
    state = 'int8: ';
    if ((await chosen.meter.measure(widest)) < minAccuracy) {
      const ranking = await rankActivations(network, probes, ranges, (done, total) =>
        onProgress('ranking activations', done, total),
      );
      const tried = new Map<string, ReturnType<typeof of>>();
      const found = await searchActivations(graph, ranking, minAccuracy, names => {
        state = `int16 in ${names.length} of ${ranking.length} layers: `;
        const attempt = of(withWide(prepared, names));
        tried.set(names.join(), attempt);
        return attempt.meter.measure(widest);
      });
      wide = found.wide;
      chosen = tried.get(wide.join()) ?? chosen;
    }
  }
  const onState = (done: number, most: number) => {
    state = `state ${done} of at most ${most}: `;
  };
  const found = await searchBits(layers, goal, chosen.meter, onState, wide);
  const rules = found.layers.map(({ layer, width }) => ({ pattern: layer, bits: width.bits }));
  return { model: await chosen.full(rules), found, wide };
}

/** How good networks with such ranges are, by the widths of their weights. Each is fitted once. */
function measuring(
  graph: FloatGraph,
  prepared: PreparedQuantisation,
  options: QuantiseOptions,
  labelled: LabelledImages,
  onProgress: StageProgress,
) {
  const models = new Map<string, QuantisedModel>();
  const full: FitBits = async rules => {
    const key = JSON.stringify(rules);
    const model =
      models.get(key) ?? (await fitQuantisation(prepared, options, subByteLayers(graph, rules), onProgress));
    models.set(key, model);
    return model;
  };
  const sketched = sketchQuantisation(prepared, options);
  const sketch: FitBits = rules => sketched(subByteLayers(graph, rules), onProgress);
  return { full, meter: accuracyMeter(labelled, full, sketch, onProgress) };
}

/** For goals of bytes alone. */
const noImages: LabelledImages = {
  count: 0,
  run: () => Promise.reject(new InternalError('nothing is to be measured')),
};

import type { Graph } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { observe } from './calibrate.js';
import { type ChosenRange, chooseRanges } from './choose-ranges.js';
import { equalise } from './equalise.js';
import { FloatNetwork, type FloatTensors } from './float-network.js';
import type { LayerOptions } from './layers/index.js';
import type { QuantisedModel } from './quantise.js';
import { quantiseLayers } from './quantise-layers.js';
import { rangeRules } from './ranges/index.js';
import { type NarrowLayers, narrowLayers, type WeightBitsRule } from './weight-bits.js';

/** How a network is quantised. */
export interface QuantiseOptions extends LayerOptions {
  readonly rounding: Rounding;
  /** Channels of a tensor are brought to one size, as far as the layer behind can take that back. */
  readonly equalise: boolean;
  /** The rule for ranges of activations; `best` tries all of them for each tensor. */
  readonly ranges: string;
  /** Bits of weights, by patterns of layer names; 8 where none fits. */
  readonly weightBits: readonly WeightBitsRule[];
}

/** What `effnetc quantize` does where nothing is said; docs/quantising.md has what each part brings. */
export const defaultQuantiseOptions: QuantiseOptions = {
  rounding: 'native',
  equalise: true,
  ranges: 'best',
  weightBits: [],
  fitWeightScales: false,
  roundingSearch: true,
  biasCorrection: 'measured',
};

/** Images that tell how large channels are. */
const equalisingImages = 128;

/** Images that ranges are tried on. */
const probeImages = 16;

/** Values of a tensor over all images that layers are fitted to; some tensors are kept at a time, each in float and in int8. */
const fittingValues = 2 ** 28;

/** So many images that memory stays bounded, however large the network is and however many there are. */
const fittingImages = (graph: Graph): number =>
  Math.max(1, Math.floor(fittingValues / Math.max(...graph.nodes.map(({ type }) => elementCount(type.shape)))));

export type StageProgress = (stage: string, done: number, total: number) => void;

/**
 * Post-training quantisation of a fused float graph with calibration images, in real units. The same bytes on every machine: sums
 * are taken in one order, and nothing is computed by libm but square roots.
 * @throws CompileError E0503 when a parameter or a value is not finite, E0506 when bits are given to a layer that is not there
 */
export async function quantiseByImages(
  graph: Graph,
  images: readonly Float32Array[],
  options: QuantiseOptions,
  onProgress: StageProgress = () => {},
): Promise<QuantisedModel> {
  const narrow = narrowLayers(graph, options.weightBits);
  const prepared = await prepareQuantisation(graph, images, options, onProgress);
  return fitQuantisation(prepared, options, narrow, onProgress);
}

/** What does not depend on the bits of weights: the equalised network, ranges, all tensors of a few images. */
export interface PreparedQuantisation {
  readonly network: FloatNetwork;
  readonly images: readonly Float32Array[];
  readonly ranges: ReadonlyMap<string, ChosenRange>;
  readonly probes: readonly FloatTensors[];
}

/** The first half of {@link quantiseByImages}. @throws CompileError E0503 */
export async function prepareQuantisation(
  graph: Graph,
  images: readonly Float32Array[],
  options: QuantiseOptions,
  onProgress: StageProgress = () => {},
): Promise<PreparedQuantisation> {
  const counter = (stage: string, total: number) => {
    let done = 0;
    return () => onProgress(stage, ++done, total);
  };
  let equalised = graph;
  if (options.equalise) {
    const few = images.slice(0, equalisingImages);
    const { largest } = await observe(new FloatNetwork(graph), few, 0, counter('equalising', few.length));
    equalised = equalise(graph, largest, narrowLayers(graph, options.weightBits));
  }
  const network = new FloatNetwork(equalised);
  const rules = options.ranges === 'best' ? rangeRules : rangeRules.filter(rule => rule.name === options.ranges);
  const { histograms, probes } = await observe(network, images, probeImages, counter('calibrating', images.length));
  const ranges = await chooseRanges(network, histograms, probes, rules, (done, total) =>
    onProgress('choosing ranges', done, total),
  );
  return { network, images, ranges, probes };
}

/** The second half: weights of such widths are fitted, layer by layer. @throws CompileError E0503 */
export function fitQuantisation(
  { network: { graph }, images, ranges }: PreparedQuantisation,
  options: QuantiseOptions,
  narrow: NarrowLayers,
  onProgress: StageProgress = () => {},
): Promise<QuantisedModel> {
  return quantiseLayers(
    graph,
    images.slice(0, fittingImages(graph)),
    ranges,
    options.rounding,
    { ...options, narrow },
    (done, total) => onProgress('fitting layers', done, total),
  );
}

import { FloatNetwork, type FloatTensors } from '../interpreter/float-network.js';
import type { FloatGraph } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { type ActivationBitsRule, int16Activations } from './activation-bits.js';
import { observe } from './calibrate.js';
import { type ChosenRange, chooseRanges } from './choose-ranges.js';
import { equalise } from './equalise.js';
import { FittedLayers } from './fitted-layers.js';
import type { Histogram } from './histogram.js';
import { type Int16Activations, int16Ranges } from './int16-ranges.js';
import type { LayerOptions } from './layers/index.js';
import type { QuantisedModel } from './quantise.js';
import { type FittingOptions, type LayerMemory, quantiseLayers } from './quantise-layers.js';
import { rangeRules } from './ranges.js';
import { type SubByteLayers, subByteLayers, type WeightBitsRule } from './weight-bits.js';

/** How a network is quantised. */
export interface QuantiseOptions extends LayerOptions {
  readonly rounding: Rounding;
  /** Channels of a tensor are brought to one size, as far as the layer after can take that back. */
  readonly equalise: boolean;
  /** The rule for ranges of activations; `best` tries all of them for each tensor. */
  readonly ranges: string;
  /** Bits of weights, by patterns of layer names; 8 where none fits. */
  readonly weightBits: readonly WeightBitsRule[];
  /** Bits of activations, by patterns of layer names; 8 where none fits. */
  readonly activationBits: readonly ActivationBitsRule[];
}

/** What `effnetc quantize` does where nothing is said; docs/quantising.md has what each part brings. */
export const defaultQuantiseOptions: QuantiseOptions = {
  rounding: 'native',
  equalise: true,
  ranges: 'best',
  weightBits: [],
  activationBits: [],
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
const fittingImages = (graph: FloatGraph): number =>
  Math.max(1, Math.floor(fittingValues / Math.max(...graph.nodes.map(({ type }) => elementCount(type.shape)))));

export type StageProgress = (stage: string, done: number, total: number) => void;

/**
 * Post-training quantisation of a fused float graph with calibration images, in real units. The same bytes on every machine: sums
 * are taken in one order, and nothing is computed by libm but square roots.
 * @throws CompileError E0503 when a parameter or a value is not finite, E0506 when bits are given to a layer that is not there,
 * E0508 when its activations cannot have them
 */
export async function quantiseByImages(
  graph: FloatGraph,
  images: readonly Float32Array[],
  options: QuantiseOptions,
  onProgress: StageProgress = () => {},
): Promise<QuantisedModel> {
  const narrow = subByteLayers(graph, options.weightBits);
  const prepared = await prepareQuantisation(graph, images, options, onProgress);
  return fitQuantisation(prepared, options, narrow, onProgress);
}

/** What does not depend on the bits of weights: the equalised network, ranges, all tensors of a few images. */
export interface PreparedQuantisation {
  readonly network: FloatNetwork;
  readonly images: readonly Float32Array[];
  readonly histograms: ReadonlyMap<string, Histogram>;
  readonly ranges: ReadonlyMap<string, ChosenRange>;
  readonly probes: readonly FloatTensors[];
}

/** The same with int16 activations of these layers, and of those that pass their values on. */
export function withWide(prepared: PreparedQuantisation, wide: readonly string[]): PreparedQuantisation {
  const { network, histograms, ranges } = prepared;
  const rules = wide.map(pattern => ({ pattern, bits: 16 as const }));
  const quantisations = int16Ranges(network.graph, int16Activations(network.graph, rules), histograms);
  const changed = [...quantisations].map(([name, quantisation]) => [name, { quantisation, rule: 'min-max' }] as const);
  return { ...prepared, ranges: new Map([...ranges, ...changed]) };
}

/** The first half of {@link quantiseByImages}. @throws CompileError E0503, E0506 and E0508 */
export async function prepareQuantisation(
  graph: FloatGraph,
  images: readonly Float32Array[],
  options: QuantiseOptions,
  onProgress: StageProgress = () => {},
): Promise<PreparedQuantisation> {
  const wide: Int16Activations = int16Activations(graph, options.activationBits);
  const counter = (stage: string, total: number) => {
    let done = 0;
    return () => onProgress(stage, ++done, total);
  };
  let equalised = graph;
  if (options.equalise) {
    const few = images.slice(0, equalisingImages);
    const { largest } = await observe(new FloatNetwork(graph), few, 0, counter('equalising', few.length));
    equalised = equalise(graph, largest, subByteLayers(graph, options.weightBits));
  }
  const network = new FloatNetwork(equalised);
  const rules = options.ranges === 'best' ? rangeRules : rangeRules.filter(rule => rule.name === options.ranges);
  const { histograms, probes } = await observe(network, images, probeImages, counter('calibrating', images.length));
  const wideOnes = int16Ranges(equalised, wide, histograms);
  const ranges = await chooseRanges(network, histograms, probes, rules, wideOnes, (done, total) =>
    onProgress('choosing ranges', done, total),
  );
  return { network, images, histograms, ranges, probes };
}

/** The second half: weights of such widths are fitted, layer by layer. @throws CompileError E0503 */
export function fitQuantisation(
  { network: { graph }, images, ranges }: PreparedQuantisation,
  options: QuantiseOptions,
  narrow: SubByteLayers,
  onProgress: StageProgress = () => {},
): Promise<QuantisedModel> {
  return fitLayers(graph, images.slice(0, fittingImages(graph)), ranges, { ...options, narrow }, onProgress);
}

/** Images that networks are fitted to which are only looked at, and values of all tensors that are kept meanwhile. */
const sketchImages = 128;
const sketchValues = 2 ** 26;

/**
 * The second half for many widths one after the other: fitted to fewer images, and layers are fitted again only from the first one
 * on whose width has changed.
 */
export function sketchQuantisation(
  { network: { graph }, images, ranges }: PreparedQuantisation,
  options: QuantiseOptions,
): (narrow: SubByteLayers, onProgress: StageProgress) => Promise<QuantisedModel> {
  const values = graph.nodes.reduce((sum, { type }) => sum + 2 * elementCount(type.shape), 0);
  const few = images.slice(0, Math.max(1, Math.min(sketchImages, Math.floor(sketchValues / values))));
  const memory: LayerMemory = new FittedLayers();
  return (narrow, onProgress) => fitLayers(graph, few, ranges, { ...options, narrow, memory }, onProgress);
}

function fitLayers(
  graph: FloatGraph,
  images: readonly Float32Array[],
  ranges: PreparedQuantisation['ranges'],
  options: QuantiseOptions & FittingOptions,
  onProgress: StageProgress,
): Promise<QuantisedModel> {
  return quantiseLayers(graph, images, ranges, options.rounding, options, (done, total) =>
    onProgress('fitting layers', done, total),
  );
}

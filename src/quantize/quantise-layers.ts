import { invariant } from '../diagnostics/diagnostic.js';
import { isLinear } from '../interpreter/float-network.js';
import { floatLayer, integerLayer } from '../interpreter/linear-layer.js';
import { yieldRegularly } from '../interpreter/yield.js';
import { type FloatGraph, GraphIndex, type Node, type QuantisedGraph } from '../ir/graph.js';
import { constant, type Quantisation, quantisedType, type TensorData, type TensorType } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { opOf } from '../ops/index.js';
import { fixedQuantisationOf, type Patches } from '../ops/op.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import { accumulatorsFit } from '../ops/shared/linear-factors.js';
import type { ChosenRange } from './choose-ranges.js';
import { requireFiniteConstants } from './finite.js';
import type { FittedLayers } from './fitted-layers.js';
import { declaredQuantisation, inputMeaning, toQuantised } from './inputs.js';
import type { LayerConstants } from './layers/context.js';
import { type LayerOptions, layerSteps } from './layers/index.js';
import { type LayerQuality, layerQuality } from './quality.js';
import type { QuantisedModel } from './quantise.js';
import type { SubByteLayers } from './weight-bits.js';

/** A tensor over all calibration images: in the float network, and as the quantised one computes it. */
interface TensorPair {
  readonly type: TensorType;
  readonly float: readonly Float32Array[];
  readonly integer: readonly TensorData[];
}

/** What the float network computes in a layer of each image; linear layers have the sums before the activation, too. */
interface FloatResults {
  readonly linear: readonly Float32Array[];
  readonly output: readonly Float32Array[];
}

/** A layer of the quantised network, and what it computes. */
interface FittedLayer {
  readonly constants: LayerConstants;
  readonly pair: TensorPair;
}

/** For networks that are fitted again and again. */
export type LayerMemory = FittedLayers<FloatResults, FittedLayer>;

/** How layers are fitted. */
export interface FittingOptions extends LayerOptions {
  readonly narrow?: SubByteLayers | undefined;
  /** What was fitted before of the same network, with the same images and the same other options. */
  readonly memory?: LayerMemory | undefined;
}

/**
 * Quantises layer after layer: each sees what its quantised predecessors make of the calibration images (in real units), and is
 * fitted to what the float network computes. Tensors are dropped after their last reader.
 * @throws CompileError E0503 when a scale is not finite; what lowering throws
 */
export async function quantiseLayers(
  graph: FloatGraph,
  images: readonly Float32Array[],
  ranges: ReadonlyMap<string, ChosenRange>,
  rounding: Rounding,
  options: FittingOptions,
  onLayer: (done: number, total: number) => void = () => {},
): Promise<QuantisedModel> {
  const yieldNow = yieldRegularly();
  const index = new GraphIndex(graph);
  const tensors = new Map<string, TensorPair>();
  const activations = new Map<string, Quantisation>();
  const nodes: Node[] = [];
  const layers: LayerQuality[] = [];
  let widths = '';
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map(name => present(tensors, name));
    const quantisation = quantisationOf(node, inputs, ranges);
    if (quantisation !== undefined) activations.set(node.name, quantisation);
    const context = { node, inputs, quantisation, rounding, images, options, yieldNow };
    if (isLinear(node)) widths += `${options.narrow?.get(node.name) ?? 8} `;
    const compute = () => quantiseNode(context);
    const { constants, pair } = await (options.memory?.layer(node.name, widths, compute) ?? compute());
    nodes.push({ ...node, constants });
    tensors.set(node.name, pair);
    if (quantisation !== undefined)
      layers.push(layerQuality({ ...node, constants }, quantisation, ranges.get(node.name)?.rule, pair));
    for (const name of node.inputs) {
      const last = index.readers(name).at(-1)?.name === node.name;
      if (last) tensors.delete(name);
    }
    onLayer(i + 1, graph.nodes.length);
  }
  const quantised: QuantisedGraph = { ...graph, form: 'quantised', nodes };
  requireFiniteConstants(quantised);
  return { graph: quantised, activations, rounding, quality: layers };
}

interface NodeContext {
  readonly node: Node;
  readonly inputs: readonly TensorPair[];
  readonly quantisation: Quantisation | undefined;
  readonly rounding: Rounding;
  readonly images: readonly Float32Array[];
  readonly options: FittingOptions;
  readonly yieldNow: () => Promise<void>;
}

async function quantiseNode(context: NodeContext): Promise<FittedLayer> {
  const { node, inputs, quantisation, images } = context;
  const op = opOf(node);
  if (op.traits.source) {
    invariant(quantisation !== undefined, 'an input has a scale');
    const type = quantisedType(node.type.shape, quantisation);
    const meaning = { ...inputMeaning(node), ...quantisation };
    const integer = images.map(image => toQuantised('real', image, meaning));
    return { constants: {}, pair: { type, float: images, integer } };
  }
  if (isLinear(node) && quantisation !== undefined) return quantiseLinearLayer(context, node, quantisation);
  const types = inputs.map(input => input.type);
  const output = quantisation ?? types[0].quantisation;
  invariant(
    output !== undefined && op.lower !== undefined && op.reference !== undefined,
    `'${node.name}' has no integer form`,
  );
  const constants = op.quantise?.(node, types, output) ?? node.constants;
  const lowered = op.lower({ ...node, constants }, { inputs: types, output, rounding: context.rounding });
  const { output: float } = await floatResults(context);
  const integer: TensorData[] = [];
  for (const k of images.keys()) {
    integer.push(
      op.reference(
        lowered,
        inputs.map(input => ({ type: input.type, data: input.integer[k] })),
      ),
    );
    await context.yieldNow();
  }
  return { constants, pair: { type: lowered.type, float, integer } };
}

/** The float network's results, from the memory where there is one. */
function floatResults(context: NodeContext): Promise<FloatResults> {
  const compute = () => computeFloat(context);
  return context.options.memory?.float(context.node.name, compute) ?? compute();
}

async function computeFloat({ node, inputs, images, yieldNow }: NodeContext): Promise<FloatResults> {
  const op = opOf(node);
  const linear: Float32Array[] = [];
  const output: Float32Array[] = [];
  const layer = isLinear(node) ? floatLayer(node, patchesOf(node, inputs[0])) : undefined;
  for (const k of images.keys()) {
    if (layer === undefined) {
      output.push(
        op.evaluate(
          node,
          inputs.map(input => ({ type: floatType(input), data: input.float[k] })),
        ),
      );
    } else {
      const result = layer(inputs[0].float[k]);
      linear.push(result.linear);
      output.push(result.output);
    }
    await yieldNow();
  }
  return { linear, output };
}

function patchesOf(node: Node, input: TensorPair): Patches {
  const patches = opOf(node).patches?.(node, input.type.shape);
  invariant(patches !== undefined, `'${node.name}' is no linear layer`);
  return patches;
}

/** The type of a tensor in the float network. */
const floatType = ({ type: { shape } }: TensorPair): TensorType => ({ dtype: 'f32', shape });

async function quantiseLinearLayer(
  layer: NodeContext,
  node: Node<LinearAttributes>,
  output: Quantisation,
): Promise<FittedLayer> {
  const {
    inputs: [input],
    rounding,
    options,
    yieldNow,
  } = layer;
  const op = opOf(node);
  const { quantisation } = input.type;
  invariant(
    op.quantise !== undefined && op.lower !== undefined && quantisation !== undefined,
    `'${node.name}' is no linear layer`,
  );
  const patches = patchesOf(node, input);
  const { linear: targets, output: float } = await floatResults(layer);
  const bits = options.narrow?.get(node.name);
  const context = {
    node,
    patches,
    bits,
    input: quantisation,
    inputType: input.type,
    output,
    inputs: input.integer,
    floatInputs: input.float,
    targets,
  };
  let constants: LayerConstants = op.quantise(node, [input.type], output);
  for (const step of layerSteps(options, bits)) {
    constants = await step.run(context, constants, yieldNow);
    await yieldNow();
  }
  const lowering = { inputs: [input.type], output, rounding };
  if (input.type.dtype === 'i16' && !accumulatorsFit({ ...node, constants }, lowering)) {
    const { bias } = constants;
    constants = { ...constants, bias: constant('f64', bias.shape, bias.data) };
  }
  const lowered = op.lower({ ...node, constants }, lowering);
  const run = integerLayer(lowered as typeof node, patches, quantisation.zeroPoint);
  const integer: TensorData[] = [];
  for (const image of input.integer) {
    integer.push(run(image));
    await yieldNow();
  }
  return { constants, pair: { type: lowered.type, float, integer } };
}

function quantisationOf(
  node: Node,
  inputs: readonly TensorPair[],
  ranges: ReadonlyMap<string, ChosenRange>,
): Quantisation | undefined {
  const { traits } = opOf(node);
  if (traits.integerResult) return undefined;
  if (traits.keepsQuantisation) return inputs[0].type.quantisation;
  const fixed = fixedQuantisationOf(traits, inputs[0]?.type.quantisation);
  if (fixed !== undefined) return fixed;
  const found = (traits.source ? declaredQuantisation(node) : undefined) ?? ranges.get(node.name)?.quantisation;
  invariant(found !== undefined, `'${node.name}' has no range`);
  return found;
}

function present(tensors: ReadonlyMap<string, TensorPair>, name: string): TensorPair {
  const tensor = tensors.get(name);
  invariant(tensor !== undefined, `'${name}' was not computed`);
  return tensor;
}

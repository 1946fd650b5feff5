import { invariant } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import type { Quantisation, TensorData, TensorType } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { fixedQuantisationOf } from '../ops/op.js';
import { takeTurns } from '../run/turns.js';
import type { ChosenRange } from './choose-ranges.js';
import { requireFiniteConstants } from './finite.js';
import { definition, isLinear } from './float-network.js';
import { declaredQuantisation, inputMeaning, toQuantised } from './inputs.js';
import type { LayerOptions } from './layers/index.js';
import { layerSteps } from './layers/index.js';
import { floatLayer, integerLayer } from './layers/run-layer.js';
import type { LayerConstants } from './layers/site.js';
import { type LayerQuality, layerQuality } from './quality.js';
import type { QuantisedModel } from './quantise.js';
import type { NarrowLayers } from './weight-bits.js';

/** A tensor over all calibration images: in the float network, and as the quantised one computes it. */
interface TensorPair {
  readonly type: TensorType;
  readonly float: readonly Float32Array[];
  readonly integer: readonly TensorData[];
}

/**
 * Quantises layer after layer: each sees what its quantised predecessors make of the calibration images (in real units), and is
 * fitted to what the float network computes. Tensors are dropped behind their last reader.
 * @throws CompileError E0503 when a scale is not finite; what lowering throws
 */
export async function quantiseLayers(
  graph: Graph,
  images: readonly Float32Array[],
  ranges: ReadonlyMap<string, ChosenRange>,
  rounding: Rounding,
  options: LayerOptions & { readonly narrow?: NarrowLayers | undefined },
  onLayer: (done: number, total: number) => void = () => {},
): Promise<QuantisedModel> {
  const turn = takeTurns();
  const index = new GraphIndex(graph);
  const tensors = new Map<string, TensorPair>();
  const activations = new Map<string, Quantisation>();
  const nodes: Node[] = [];
  const layers: LayerQuality[] = [];
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map(name => present(tensors, name));
    const quantisation = quantisationOf(node, inputs, ranges);
    if (quantisation !== undefined) activations.set(node.name, quantisation);
    const site = { node, inputs, quantisation, rounding, images, options, turn };
    const { constants, pair } = await quantiseNode(site);
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
  const quantised = { ...graph, nodes };
  requireFiniteConstants(quantised);
  return { graph: quantised, activations, rounding, quality: layers };
}

interface NodeSite {
  readonly node: Node;
  readonly inputs: readonly TensorPair[];
  readonly quantisation: Quantisation | undefined;
  readonly rounding: Rounding;
  readonly images: readonly Float32Array[];
  readonly options: Parameters<typeof quantiseLayers>[4];
  readonly turn: () => Promise<void>;
}

async function quantiseNode(site: NodeSite): Promise<{ constants: LayerConstants; pair: TensorPair }> {
  const { node, inputs, quantisation, images } = site;
  const op = definition(node);
  const type: TensorType = { dtype: 'i8', shape: node.type.shape, quantisation };
  if (op.traits.source) {
    invariant(quantisation !== undefined, 'an input has a scale');
    const meaning = { ...inputMeaning(node), ...quantisation };
    const integer = images.map(image => toQuantised('real', image, meaning));
    return { constants: {}, pair: { type, float: images, integer } };
  }
  if (isLinear(node) && quantisation !== undefined) return quantiseLinearLayer(site, node, quantisation);
  const types = inputs.map(input => input.type);
  const output = quantisation ?? types[0].quantisation;
  invariant(
    output !== undefined && op.lower !== undefined && op.reference !== undefined,
    `'${node.name}' has no integer form`,
  );
  const constants = op.quantise?.(node, types, output) ?? node.constants;
  const lowered = op.lower({ ...node, constants }, { inputs: types, output, rounding: site.rounding });
  const float: Float32Array[] = [];
  const integer: TensorData[] = [];
  for (const k of images.keys()) {
    float.push(
      op.evaluate(
        node,
        inputs.map(input => ({ type: floatType(input), data: input.float[k] })),
      ),
    );
    integer.push(
      op.reference(
        lowered,
        inputs.map(input => ({ type: input.type, data: input.integer[k] })),
      ),
    );
    await site.turn();
  }
  return { constants, pair: { type: lowered.type, float, integer } };
}

/** The type of a tensor in the float network. */
const floatType = ({ type: { shape } }: TensorPair): TensorType => ({ dtype: 'f32', shape });

async function quantiseLinearLayer(
  { inputs: [input], rounding, options, turn }: NodeSite,
  node: Node & { attributes: Parameters<typeof floatLayer>[0]['attributes'] },
  output: Quantisation,
): Promise<{ constants: LayerConstants; pair: TensorPair }> {
  const op = definition(node);
  const { quantisation } = input.type;
  invariant(
    op.patches !== undefined && op.quantise !== undefined && op.lower !== undefined && quantisation !== undefined,
    `'${node.name}' is no linear layer`,
  );
  const patches = op.patches(node, input.type.shape);
  const targets: Float32Array[] = [];
  const float: Float32Array[] = [];
  const compute = floatLayer(node, patches);
  for (const image of input.float) {
    const result = compute(image);
    targets.push(result.linear);
    float.push(result.output);
    await turn();
  }
  const bits = options.narrow?.get(node.name);
  const site = {
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
    constants = step.run(site, constants);
    await turn();
  }
  const lowered = op.lower({ ...node, constants }, { inputs: [input.type], output, rounding });
  const run = integerLayer(lowered as typeof node, patches, quantisation.zeroPoint);
  const integer: Int8Array[] = [];
  for (const image of input.integer) {
    integer.push(run(image));
    await turn();
  }
  return { constants, pair: { type: lowered.type, float, integer } };
}

function quantisationOf(
  node: Node,
  inputs: readonly TensorPair[],
  ranges: ReadonlyMap<string, ChosenRange>,
): Quantisation | undefined {
  const { traits } = definition(node);
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

import { InternalError } from '../diagnostics/diagnostic.js';
import type { Graph, Node } from '../ir/graph.js';
import type { Quantisation, TensorType } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { opTable } from '../ops/index.js';
import type { OpDefinition } from '../ops/op.js';
import { requireFiniteConstants } from './finite.js';
import type { Histogram } from './histogram.js';
import { fitScales } from './layers/fit-weight-scales.js';
import type { LayerQuality } from './quality.js';
import { meanSquaredError } from './ranges/mean-squared-error.js';
import { declaredBits } from './weight-bits.js';

/** A float graph whose constants are the integers and scales of a quantised weights file. */
export interface QuantisedModel {
  readonly graph: Graph;
  /** Scale and zero point of each int8 tensor, by node. */
  readonly activations: ReadonlyMap<string, Quantisation>;
  readonly rounding: Rounding;
  /** How well each tensor agrees with the float network, where calibration images told. */
  readonly quality?: readonly LayerQuality[] | undefined;
}

function definition(node: Node): OpDefinition {
  const op = opTable.get(node.op);
  if (op === undefined) throw new InternalError(`no op '${node.op}'`);
  return op;
}

/**
 * Post-training quantisation of a fused float graph, from the histograms of its tensors.
 * @throws CompileError E0503 when a scale is not finite
 */
export function quantiseGraph(
  graph: Graph,
  histograms: ReadonlyMap<string, Histogram>,
  rounding: Rounding,
): QuantisedModel {
  const activations = new Map<string, Quantisation>();
  const types = new Map<string, TensorType>();
  const nodes = graph.nodes.map(node => {
    const inputs = node.inputs.map(name => known(types, name));
    const quantisation = quantisationOfNode(node, inputs, histograms);
    types.set(node.name, { dtype: 'i8', shape: node.type.shape, quantisation });
    if (quantisation === undefined) return node;
    activations.set(node.name, quantisation);
    const constants = definition(node).quantise?.(node, inputs, quantisation);
    return constants === undefined
      ? node
      : { ...node, constants: declaredWidth(node, constants, inputs, quantisation) };
  });
  const quantised = { ...graph, nodes };
  requireFiniteConstants(quantised);
  return { graph: quantised, activations, rounding };
}

/** Constants with weights of the width that the model declares. */
function declaredWidth(
  node: Node,
  constants: Node['constants'],
  [input]: readonly TensorType[],
  output: Quantisation,
): Node['constants'] {
  const bits = declaredBits(node);
  if (bits === 8 || input.quantisation === undefined) return constants;
  return fitScales(node, constants, { input: input.quantisation, output }, bits);
}

function quantisationOfNode(
  node: Node,
  inputs: readonly TensorType[],
  histograms: ReadonlyMap<string, Histogram>,
): Quantisation | undefined {
  const { traits } = definition(node);
  if (traits.integerResult) return undefined;
  if (traits.keepsQuantisation) return inputs[0].quantisation;
  if (traits.fixedQuantisation !== undefined) return traits.fixedQuantisation;
  const { scale, zeroPoint } = node.attributes;
  if (traits.source && typeof scale === 'number' && typeof zeroPoint === 'number') return { scale, zeroPoint };
  const histogram = histograms.get(node.name);
  if (histogram === undefined) throw new InternalError(`'${node.name}' was not calibrated`);
  return meanSquaredError.choose(histogram);
}

function known<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`'${name}' has no type yet`);
  return value;
}

/** The integer graph of a quantised model: what the reference runs and what becomes C. */
export function lowerModel({ graph, activations, rounding }: QuantisedModel): Graph {
  const types = new Map<string, TensorType>();
  const nodes = graph.nodes.map(node => {
    const op = definition(node);
    const inputs = node.inputs.map(name => known(types, name));
    const output = op.traits.fixedQuantisation ?? activations.get(node.name) ?? inputs[0]?.quantisation;
    if (output === undefined || op.lower === undefined) throw new InternalError(`'${node.name}' cannot be lowered`);
    const lowered = op.lower(node, { inputs, output, rounding });
    types.set(node.name, lowered.type);
    return lowered;
  });
  return { ...graph, nodes };
}

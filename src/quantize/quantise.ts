import { fail, InternalError } from '../diagnostics/diagnostic.js';
import type { FloatGraph, IntegerGraph, Node, QuantisedGraph } from '../ir/graph.js';
import { type Quantisation, quantisedType, type TensorType } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import { opOf } from '../ops/index.js';
import { fixedQuantisationOf, type OpDefinition } from '../ops/op.js';
import { loweringPasses, runPasses } from '../passes/index.js';
import { requireFiniteConstants } from './finite.js';
import type { Histogram } from './histogram.js';
import { declaredQuantisation } from './inputs.js';
import { type Int16Activations, int16Ranges } from './int16-ranges.js';
import { fitScales } from './layers/fit-weight-scales.js';
import type { LayerQuality } from './quality.js';
import { meanSquaredError } from './ranges.js';
import { declaredBits } from './weight-bits.js';

/** A quantised graph, and the scales of its tensors. */
export interface QuantisedModel {
  readonly graph: QuantisedGraph;
  /** Scale and zero point of each tensor of int8 or int16, by node. */
  readonly activations: ReadonlyMap<string, Quantisation>;
  readonly rounding: Rounding;
  /** How well each tensor agrees with the float network, where calibration images told. */
  readonly quality?: readonly LayerQuality[] | undefined;
}

/**
 * Post-training quantisation of a fused float graph, from the histograms of its tensors.
 * @throws CompileError E0503 when a scale is not finite
 */
export function quantiseGraph(
  graph: FloatGraph,
  histograms: ReadonlyMap<string, Histogram>,
  rounding: Rounding,
  wide: Int16Activations = new Set(),
): QuantisedModel {
  const activations = new Map<string, Quantisation>();
  const types = new Map<string, TensorType>();
  const wideOnes = int16Ranges(graph, wide, histograms);
  const nodes = graph.nodes.map(node => {
    const inputs = node.inputs.map(name => known(types, name));
    const quantisation = quantisationOfNode(node, inputs, histograms, wideOnes);
    if (quantisation === undefined) return node;
    types.set(node.name, quantisedType(node.type.shape, quantisation));
    activations.set(node.name, quantisation);
    const constants = opOf(node).quantise?.(node, inputs, quantisation);
    return constants === undefined
      ? node
      : { ...node, constants: declaredWidth(node, constants, inputs, quantisation) };
  });
  const quantised: QuantisedGraph = { ...graph, form: 'quantised', nodes };
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
  wide: ReadonlyMap<string, Quantisation>,
): Quantisation | undefined {
  const { traits } = opOf(node);
  if (traits.integerResult) return undefined;
  if (traits.keepsQuantisation) return inputs[0].quantisation;
  const fixed = fixedQuantisationOf(traits, inputs[0]?.quantisation);
  if (fixed !== undefined) return fixed;
  const declared = traits.source ? declaredQuantisation(node) : undefined;
  if (declared !== undefined) return declared;
  const histogram = histograms.get(node.name);
  if (histogram === undefined) throw new InternalError(`'${node.name}' was not calibrated`);
  return wide.get(node.name) ?? meanSquaredError.choose(histogram);
}

function known<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`'${name}' has no type yet`);
  return value;
}

/**
 * The integer graph of a quantised model: what the reference runs and what becomes C.
 * @throws CompileError E0501 where an accumulator could leave its type, E0502 where a scale is not usable, E0508
 */
export function lowerModel({ graph, activations, rounding }: QuantisedModel): IntegerGraph {
  const types = new Map<string, TensorType>();
  const nodes = graph.nodes.map(node => {
    const op = opOf(node);
    const inputs = node.inputs.map(name => known(types, name));
    const fixed = fixedQuantisationOf(op.traits, inputs[0]?.quantisation);
    const output = fixed ?? activations.get(node.name) ?? inputs[0]?.quantisation;
    if (output === undefined || op.lower === undefined) throw new InternalError(`'${node.name}' cannot be lowered`);
    requireOneType(node, op, inputs, output);
    const lowered = op.lower(node, { inputs, output, rounding });
    types.set(node.name, lowered.type);
    return lowered;
  });
  return runPasses({ ...graph, form: 'integer', nodes }, loweringPasses);
}

/** @throws CompileError E0508 when an op reads or makes int16 that takes none, or reads it together with int8 */
function requireOneType(
  { name, op, span }: Node,
  { traits }: OpDefinition,
  inputs: readonly TensorType[],
  output: Quantisation,
): void {
  const wide = inputs.filter(({ dtype }) => dtype === 'i16');
  const makesWide = output.bits === 16;
  if (makesWide && wide.length === 0 && traits.int16 !== true) {
    fail('E0508', `${op} '${name}' would make int16, which it cannot`, {
      span,
      hint: 'a rescale makes int16 of int8',
    });
  }
  if (traits.joins === true && makesWide !== wide.length > 0) {
    fail('E0508', `${op} '${name}' would make ${makesWide ? 'int16 of int8' : 'int8 of int16'}`, {
      span,
      hint: 'the parts of a concat have its type; a rescale changes the type',
    });
  }
  if (wide.length === 0 || (traits.int16 === true && wide.length === inputs.length)) return;
  const together = traits.int16 === true ? 'int8 and int16 together' : 'int16, which it does not take';
  fail('E0508', `${op} '${name}' reads ${together}`, {
    span,
    hint: 'a rescale makes int8 of int16, and int16 of int8',
  });
}

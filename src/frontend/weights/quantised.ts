import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Session } from '../../diagnostics/session.js';
import { type FloatGraph, GraphIndex, type Node } from '../../ir/graph.js';
import {
  type Constant,
  describeSubByte,
  fitsBits,
  type Quantisation,
  type SubByteBits,
  type TensorData,
} from '../../ir/tensor.js';
import type { QuantisedParameterSpec } from '../../ops/op.js';
import type { QuantisedModel } from '../../quantize/quantise.js';
import { elementsOf } from '../arrays/elements.js';
import { formatDims, quoteName } from '../arrays/quote.js';
import { type OpLookup, reportExtraTensors } from './bind.js';
import { checkFinite } from './convert.js';
import { decodeMetadata, encodeMetadata, isQuantisedFormat } from './quantised-metadata.js';
import { writeSafetensors } from './safetensors.js';
import { requireStructure, structureOf } from './structure.js';
import { nearestHint } from './tensor-names.js';
import type { FileTensor, WeightsFile } from './weights-file.js';

/** A role as the file names it: `weight_scale` for `weightScale`. */
const tensorRole = (role: string): string => role.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

export type { QuantisedModel };

/** The tensor as a constant; undefined, and a diagnostic, when it is not what the op needs. */
function takeTensor(
  node: Node,
  { role, dtype, orDtype, shape }: QuantisedParameterSpec,
  tensor: FileTensor | undefined,
  file: WeightsFile,
  session: Session,
): Constant | undefined {
  const label = `${tensorRole(role)} of ${node.op} ${quoteName(node.name)}`;
  const { span } = node;
  if (tensor === undefined) {
    const name = `${node.name}.${tensorRole(role)}`;
    session.error('E0305', `${label} is not in the quantised weights file ${quoteName(file.path)}`, {
      span,
      notes: [`looked for ${quoteName(name)}`],
      hint: nearestHint([name], [...file.tensors.keys()]) ?? 'quantise again after a change of the model',
    });
    return undefined;
  }
  const found = [dtype, orDtype].find(allowed => allowed === tensor.dtype);
  if (found === undefined) {
    session.error('E0313', `${label} has elements of type ${tensor.dtype}, expected ${dtype}`, { span });
    return undefined;
  }
  if (formatDims(tensor.shape) !== formatDims(shape)) {
    session.error('E0306', `${label} has shape ${formatDims(tensor.shape)}, expected ${formatDims(shape)}`, {
      span,
      hint: 'quantise again after a change of the model',
    });
    return undefined;
  }
  const { data } = tensor;
  invariant(!(data instanceof Uint8Array || data instanceof Int16Array), `no constant has type ${tensor.dtype}`);
  checkFinite({ label, span }, tensor, data, session);
  if (found === orDtype) requireIntegers({ label, span }, data, session);
  return { dtype: found, shape, data };
}

/** Doubles that stand for int64. */
function requireIntegers(
  { label, span }: { readonly label: string; readonly span: Node['span'] },
  data: TensorData,
  session: Session,
): void {
  const broken = data.find(value => Number.isFinite(value) && !Number.isInteger(value));
  if (broken !== undefined)
    session.error('E0313', `${label} has the value ${broken}, where doubles stand for integers`, { span });
}

/** The weights with the bits that the file gives them, which have to hold them. */
function narrowed(
  { name, op, span }: Node,
  weight: Constant,
  narrow: ReadonlyMap<string, SubByteBits>,
  file: WeightsFile,
  session: Session,
): Constant {
  const bits = narrow.get(name);
  if (bits === undefined) return weight;
  const wide = weight.data.find(value => !fitsBits(value, bits));
  if (wide === undefined) return { ...weight, bits };
  session.error(
    'E0313',
    `weight of ${op} ${quoteName(name)} has the value ${wide}, beyond the ${bits} ${bits === 1 ? 'bit' : 'bits'} that it has in ${quoteName(file.path)}`,
    { span, notes: [`weights of ${bits} ${bits === 1 ? 'bit are' : 'bits lie'} ${describeSubByte(bits)}`] },
  );
  return weight;
}

/**
 * Binds the parameters of a graph to a file that {@link writeQuantised} wrote: tensor `<node>.<role>`, of exactly the dtype
 * and shape that the op lists.
 * @throws CompileError with all of E0305 to E0308 and E0313 that were found, or with E0311 when the file has float weights
 */
export function bindQuantised(
  graph: FloatGraph,
  file: WeightsFile,
  lookup: OpLookup,
  session: Session,
): QuantisedModel {
  if (!isQuantisedFormat(file)) {
    fail('E0311', `the weights file ${quoteName(file.path)} has float weights, where quantised ones are needed`, {
      hint: 'make them first: effnetc quantize <model.ts> --weights <float weights> --calibration <images.npy> -o q.safetensors',
    });
  }
  const metadata = decodeMetadata(file, session);
  if (metadata === undefined) session.stopOnErrors();
  invariant(metadata !== undefined, 'metadata was refused without a diagnostic');
  if (metadata.model !== graph.name) {
    fail(
      'E0313',
      `the weights file ${quoteName(file.path)} belongs to ${quoteName(metadata.model)}, not to '${graph.name}'`,
      {
        hint: 'quantise this model, or give the file of this model',
      },
    );
  }
  requireStructure(graph, metadata.structure, file);
  const index = new GraphIndex(graph);
  for (const name of metadata.activations.keys()) {
    if (index.has(name)) continue;
    session.error(
      'E0313',
      `the weights file ${quoteName(file.path)} gives a scale for ${quoteName(name)}, which is no op of '${graph.name}'`,
      {
        hint: 'quantise again after a change of the model',
      },
    );
  }
  requireActivations(graph, metadata.activations, file, lookup, session);
  const claimed = new Set<FileTensor>();
  const nodes = graph.nodes.map(node => {
    const shapes = index.inputTypes(node).map(type => type.shape);
    const specs = lookup(node).quantisedParameters?.(node, shapes) ?? [];
    const constants: Record<string, Constant> = {};
    for (const spec of specs) {
      const tensor = file.tensors.get(`${node.name}.${tensorRole(spec.role)}`);
      if (tensor !== undefined) claimed.add(tensor);
      const constant = takeTensor(node, spec, tensor, file, session);
      if (constant === undefined) continue;
      constants[spec.role] =
        spec.role === 'weight' ? narrowed(node, constant, metadata.narrow, file, session) : constant;
    }
    return specs.length === 0 ? node : { ...node, constants };
  });
  const weighted = new Set(nodes.filter(({ constants }) => constants.weight !== undefined).map(({ name }) => name));
  for (const name of metadata.narrow.keys()) {
    if (weighted.has(name)) continue;
    session.error(
      'E0313',
      `the weights file ${quoteName(file.path)} gives a width of weights for ${quoteName(name)}, which has none in '${graph.name}'`,
    );
  }
  reportExtraTensors(file, claimed, graph, session);
  session.stopOnErrors();
  return {
    graph: { ...graph, form: 'quantised', nodes },
    activations: metadata.activations,
    rounding: metadata.rounding,
    quality: metadata.quality,
  };
}

/** Reports E0313 for each node whose scale nothing but the file can tell. */
function requireActivations(
  graph: FloatGraph,
  activations: QuantisedModel['activations'],
  file: WeightsFile,
  lookup: OpLookup,
  session: Session,
): void {
  for (const node of graph.nodes) {
    const { name, op, span } = node;
    const { source, integerResult, keepsQuantisation, fixedQuantisation } = lookup({ op }).traits;
    if (integerResult || keepsQuantisation || fixedQuantisation !== undefined) continue;
    const given = activations.get(name);
    if (given === undefined) {
      session.error('E0313', `the weights file ${quoteName(file.path)} gives no scale for ${op} ${quoteName(name)}`, {
        span,
        hint: 'quantise again after a change of the model',
      });
    } else if (source === true) requireDeclared(node, given, file, session);
  }
}

/** The scale of the input is the caller's contract: where model.ts declares it, the file has to say the same. */
function requireDeclared(node: Node, given: Quantisation, file: WeightsFile, session: Session): void {
  const { scale, zeroPoint, bits } = node.attributes;
  if (scale === undefined || (scale === given.scale && zeroPoint === given.zeroPoint && bits === given.bits)) return;
  session.error('E0313', `the weights file ${quoteName(file.path)} has another scale of ${quoteName(node.name)}`, {
    span: node.span,
    notes: [
      `scale ${given.scale} and zero point ${given.zeroPoint} in the file, ${scale} and ${zeroPoint} in the model`,
      ...(bits === given.bits ? [] : [`${given.bits ?? 8} bits in the file, ${bits ?? 8} in the model`]),
    ],
    hint: 'quantise again after a change of the model',
  });
}

/**
 * The bytes of the quantised .safetensors file: every constant of every node as `<node>.<role>`, and the metadata that
 * {@link bindQuantised} needs. Equal models give equal bytes.
 */
export function writeQuantised({ graph, activations, rounding, quality }: QuantisedModel): Uint8Array {
  const tensors = new Map<string, Constant>();
  const narrow = new Map<string, SubByteBits>();
  const longBiases = graph.nodes.some(({ constants }) => constants.bias?.dtype === 'f64');
  for (const node of graph.nodes) {
    const { bits } = node.constants.weight ?? {};
    if (bits !== undefined) narrow.set(node.name, bits);
    for (const [role, constant] of Object.entries(node.constants)) {
      const name = `${node.name}.${tensorRole(role)}`;
      invariant(!tensors.has(name), `two constants are named ${name}`);
      invariant(elementsOf(constant.shape) === constant.data.length, `${name} does not fit its shape`);
      tensors.set(name, constant);
    }
  }
  return writeSafetensors(
    tensors,
    encodeMetadata({
      model: graph.name,
      rounding,
      activations,
      structure: structureOf(graph),
      narrow,
      longBiases,
      quality,
    }),
  );
}

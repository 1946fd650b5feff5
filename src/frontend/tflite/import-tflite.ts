import { basename } from 'node:path';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Session } from '../../diagnostics/session.js';
import type { Span } from '../../diagnostics/span.js';
import { requireLayer } from '../../ops/facts.js';
import { readBoundedFile } from '../arrays/bounded-file.js';
import { quoteName } from '../arrays/quote.js';
import { type ImportBuilder, QuantisedBuilder } from '../import/import-builder.js';
import type { ImportedModel } from '../import/imported-model.js';
import { modelNameOf } from '../import/names.js';
import { imageOf, shapeOf } from '../import/values.js';
import { type Known, missing, OperatorContext, Unknowable } from './context.js';
import { DamagedBuffer } from './flatbuffer.js';
import { translations } from './ops/index.js';
import type { Translated } from './ops/op.js';
import { activationQuantisation, activationTypes } from './quantisation.js';
import { readTfliteFile, type TfliteFile, type TfliteOperator } from './read-file.js';
import { addSource } from './source.js';

/**
 * Holds the activations of an operator against the types that it takes: int16 only where TensorFlow Lite Micro does, and then
 * for all of them, unless it is there to change the type.
 * @throws CompileError E0122, E0123
 */
export function requireTypes(context: OperatorContext, int16: Translated['int16']): void {
  const { kind } = context.operator;
  const types = new Set(
    context
      .activations()
      .map(({ type }) => type)
      .filter(type => activationTypes.includes(type)),
  );
  if (!types.has('INT16') || int16 === 'mixed') return;
  if (int16 === undefined) {
    context.refuse(
      'takes no int16 activations in TensorFlow Lite Micro',
      'replace the layer in the network, or convert it with int8 activations',
    );
  }
  if (types.size > 1)
    fail('E0123', `${kind} has int8 and int16 activations, where all have one type`, { span: context.span });
}

/** Operators that converters leave where the batch is open: they compute the dimensions that a RESHAPE makes. */
const kinds: ReadonlySet<string> = new Set([
  ...['SHAPE', 'STRIDED_SLICE', 'SLICE', 'PACK', 'CONCATENATION', 'GATHER', 'CAST', 'RESHAPE', 'SQUEEZE'],
  ...['EXPAND_DIMS', 'ADD', 'SUB', 'MUL', 'REDUCE_PROD'],
]);

const integers: readonly string[] = ['INT32', 'INT64'];

/**
 * Does an operator compute nothing but integers about shapes? It has no counterpart: shapes are known, since the file says them of
 * every tensor and the batch is 1, and whoever takes dimensions takes those of its result.
 */
export function computesShapes({ kind, inputs, outputs }: TfliteOperator, { tensors }: TfliteFile): boolean {
  const isInteger = (index: number) => integers.includes(tensors[index].type);
  if (!kinds.has(kind) || outputs.length === 0 || !outputs.every(isInteger)) return false;
  return kind === 'SHAPE' || inputs.filter(index => index >= 0).every(isInteger);
}

const mostBytes = 64 * 2 ** 20;
const mostOperators = 4096;

/**
 * Reads an int8 `.tflite`, or one whose activations are int16, as a quantised graph with `tflite` rounding, in which every layer computes what the reference kernels
 * of TensorFlow Lite Micro compute. Every operator that cannot be imported is reported.
 * @throws CompileError E0120 to E0125
 */
export function importTflite(path: string, session: Session): ImportedModel {
  const label = `the model file ${quoteName(path)}`;
  const refuse = (message: string) => fail('E0120', `${label} ${message}`);
  const bytes = readBoundedFile(path, mostBytes, refuse, refuse);
  return importTfliteBytes(bytes, basename(path), session);
}

/** The same of bytes; `file` is what diagnostics and the C call it. */
export function importTfliteBytes(bytes: Uint8Array, file: string, session: Session): ImportedModel {
  const contents = readChecked(bytes, file);
  const builder = new QuantisedBuilder(8 * bytes.length + 2 ** 20);
  const values = new Map<number, Known>();
  const [input, ...otherInputs] = contents.inputs;
  const [output, ...otherOutputs] = contents.outputs;
  const span = wholeFile(file);
  if (input === undefined || output === undefined)
    fail('E0121', `the model ${quoteName(file)} has no input or no output`, { span });
  if (otherInputs.length > 0)
    fail('E0114', `the model ${quoteName(file)} has ${contents.inputs.length} inputs`, { span });
  if (otherOutputs.length > 0) {
    fail('E0122', `the model ${quoteName(file)} has ${contents.outputs.length} outputs`, {
      span,
      hint: 'a network of effnetc has one; export the part that makes it',
    });
  }
  if (contents.operators.length > mostOperators) {
    fail(
      'E0122',
      `the model ${quoteName(file)} has ${contents.operators.length} operators, where at most ${mostOperators} are imported`,
      { span },
    );
  }
  values.set(input, inputOf(contents, builder, span, session));
  // Of a float model every operator would be refused, and for the same reason.
  if (!activationTypes.includes(contents.tensors[input].type)) session.stopOnErrors();
  for (const operator of contents.operators) {
    if (!computesShapes(operator, contents)) translate(operator, builder, contents, values, file, session);
  }
  session.stopOnErrors();
  return finish(contents, builder, values, file);
}

/** The input of the network: a node, or what a QUANTIZE makes a node of. Reports what it cannot be. */
function inputOf(contents: TfliteFile, builder: ImportBuilder, span: Span, session: Session): Known {
  const [index] = contents.inputs;
  const tensor = contents.tensors[index];
  const quantised = contents.operators.some(({ kind, inputs }) => kind === 'QUANTIZE' && inputs[0] === index);
  if (quantised && (tensor.type === 'FLOAT32' || tensor.type === 'UINT8')) return { edge: tensor };
  let found: Known = missing;
  session.collect(() => {
    found = addSource(builder, tensor, tensor, activationQuantisation(tensor, span), span);
  });
  return found;
}

function readChecked(bytes: Uint8Array, file: string): TfliteFile {
  try {
    return readTfliteFile(bytes);
  } catch (error) {
    if (!(error instanceof DamagedBuffer)) throw error;
    return fail('E0121', `${quoteName(file)} is no sound TensorFlow Lite file`, {
      span: wholeFile(file),
      notes: [`${error.where}: ${error.problem}`],
      hint: 'fetch or convert it again',
    });
  }
}

function translate(
  operator: TfliteOperator,
  builder: ImportBuilder,
  file: TfliteFile,
  values: Map<number, Known>,
  name: string,
  session: Session,
): void {
  const span = spanOf(operator, file, name);
  const context = new OperatorContext(builder, file, values, operator, span);
  const unfinished = () => {
    for (const index of operator.outputs) if (!values.has(index)) values.set(index, standIn(index, builder, file));
  };
  session.collect(() => {
    try {
      requireStatic(operator, file, span);
      const translation = translations.get(operator.kind);
      if (translation === undefined) {
        const hint = 'replace the layer in the network, or move it out of the part that runs on the device';
        context.refuse('cannot be imported', hint);
      } else {
        requireTypes(context, translation.int16);
        translation.translate(context);
        context.requireAllMade();
      }
    } catch (error) {
      unfinished();
      if (!(error instanceof Unknowable)) throw error;
    }
  });
  unfinished();
}

/** What stands for the result of an operator that was refused, where its type and shape are fine. */
function standIn(index: number, builder: ImportBuilder, { tensors }: TfliteFile): Known {
  const { type, dims, dynamic } = tensors[index];
  const shape = shapeOf(dims);
  if (!activationTypes.includes(type) || shape === undefined || dynamic) return missing;
  const bits = type === 'INT16' ? { bits: 16 as const } : {};
  return { node: builder.standIn(`refused${index}`, shape, { scale: 1, zeroPoint: 0, ...bits }), dims };
}

function requireStatic(operator: TfliteOperator, { tensors }: TfliteFile, span: Span): void {
  for (const index of operator.outputs) {
    const tensor = tensors[index];
    if (tensor.dynamic) {
      fail('E0124', `${operator.kind} makes ${quoteName(tensor.name)}, whose shape is known at run time only`, {
        span,
        hint: 'convert the network with fixed shapes',
      });
    }
    if (tensor.variable) fail('E0122', `${operator.kind} keeps a state in ${quoteName(tensor.name)}`, { span });
  }
}

/** `model.tflite: operator 3, CONV_2D, 'conv2d/Relu'`; of the names of a fused operator, the first. */
function spanOf({ index, kind, outputs }: TfliteOperator, { tensors }: TfliteFile, file: string): Span {
  const [result = ''] = (tensors[outputs[0] ?? -1]?.name ?? '').split(';');
  const element = `operator ${index}, ${kind}${result === '' ? '' : `, ${quoteName(result)}`}`;
  return { file, line: index + 1, column: 1, length: 1, element };
}

const wholeFile = (file: string): Span => ({ file, line: 1, column: 1, length: 1, element: 'the network' });

function finish(
  contents: TfliteFile,
  builder: QuantisedBuilder,
  values: Map<number, Known>,
  file: string,
): ImportedModel {
  const tensor = contents.tensors[contents.outputs[0]];
  const value = values.get(tensor.index);
  const span = wholeFile(file);
  if (value === undefined || value === missing || 'edge' in value) {
    return fail('E0121', `no operator makes the output ${quoteName(tensor.name)}`, { span });
  }
  // A vector may have any dimensions: what counts is the order of the elements.
  const label = { name: 'output', span };
  const output =
    value.padding === undefined || shapeOf(value.dims) === undefined ? value.node : imageOf(builder, value, label);
  const imported = builder.finish(modelNameOf(file), output, 'tflite');
  requireLayer(imported.graph, { called: `the model ${quoteName(file)}`, span });
  return imported;
}

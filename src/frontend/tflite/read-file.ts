import { DamagedBuffer, FlatBuffer, type Table } from './flatbuffer.js';
import { builtinOperators, fields, fileIdentifier, options, tensorTypes } from './schema.js';

/** A tensor of the file. */
export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  /** By its name in the schema; `type 42` when the schema has none. */
  readonly type: string;
  readonly dims: readonly number[];
  /** Some dimension is known at run time only. */
  readonly dynamic: boolean;
  /** Empty without quantisation parameters. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly quantizedDimension: number;
  readonly sparse: boolean;
  readonly variable: boolean;
  /** Of a constant: its bytes, little-endian, a view of the file. */
  readonly data?: Uint8Array | undefined;
}

export interface TfliteOperator {
  readonly index: number;
  /** By its name in the schema. */
  readonly kind: string;
  /** Indices of tensors; -1 for an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Those that the schema lists for the kind, enums as numbers. */
  readonly options: Readonly<Record<string, number>>;
}

export interface TfliteFile {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const mostDims = 16;
/** A scale for each output channel. */
const mostScales = 65_536;
const mostOperands = 1024;

/**
 * The first subgraph of a TensorFlow Lite model. Costs time and memory in proportion to the bytes of the file.
 * @throws DamagedBuffer when the bytes contradict the format or each other
 */
export function readTfliteFile(bytes: Uint8Array): TfliteFile {
  const model = new FlatBuffer(bytes).root(fileIdentifier, 'Model');
  const version = model.scalar(fields.Model.version, 'version', 'uint', 0);
  if (version !== 3) throw new DamagedBuffer('Model.version', `${version}, where 3 is read`);
  const kinds = model.tables(fields.Model.operator_codes, 'operator_codes').map(kindOf);
  const buffers = model.tables(fields.Model.buffers, 'buffers').map(bufferOf);
  const [graph] = model.tables(fields.Model.subgraphs, 'subgraphs');
  if (graph === undefined) throw new DamagedBuffer('Model.subgraphs', 'there is none');
  const tensors = graph.tables(fields.SubGraph.tensors, 'tensors').map((table, i) => tensorOf(table, i, buffers));
  const operators = graph.tables(fields.SubGraph.operators, 'operators').map((table, i) => operatorOf(table, i, kinds));
  const inputs = graph.numbers(fields.SubGraph.inputs, 'inputs', 'int', mostOperands) ?? [];
  const outputs = graph.numbers(fields.SubGraph.outputs, 'outputs', 'int', mostOperands) ?? [];
  for (const operator of operators) {
    const where = `${graph.where}.operators[${operator.index}]`;
    requireTensors(operator.inputs, tensors.length, -1, `${where}.inputs`);
    requireTensors(operator.outputs, tensors.length, 0, `${where}.outputs`);
  }
  requireTensors(inputs, tensors.length, 0, `${graph.where}.inputs`);
  requireTensors(outputs, tensors.length, 0, `${graph.where}.outputs`);
  return { tensors, operators, inputs, outputs };
}

function requireTensors(indices: readonly number[], count: number, least: number, where: string): void {
  const wrong = indices.find(index => index < least || index >= count);
  if (wrong !== undefined) throw new DamagedBuffer(where, `tensor ${wrong}, of ${count}`);
}

/** Older files have the number in a byte, newer ones in an int, and then the byte is the lesser of it and 127. */
function kindOf(table: Table): string {
  const { deprecated_builtin_code, builtin_code, custom_code } = fields.OperatorCode;
  const old = table.scalar(deprecated_builtin_code, 'deprecated_builtin_code', 'byte', 0);
  const number = Math.max(old, table.scalar(builtin_code, 'builtin_code', 'int', 0));
  const kind = builtinOperators[number] ?? `operator code ${number}`;
  return kind === 'CUSTOM' ? `CUSTOM ${table.text(custom_code, 'custom_code')}`.trim() : kind;
}

function bufferOf(table: Table): Uint8Array | undefined {
  const { data, offset } = fields.Buffer;
  if (table.scalar(offset, 'offset', 'long', 0) > 1) {
    throw new DamagedBuffer(`${table.where}.offset`, 'data outside of the FlatBuffer, as only files over 2 GB have it');
  }
  const bytes = table.bytes(data, 'data');
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

function tensorOf(table: Table, index: number, buffers: readonly (Uint8Array | undefined)[]): TfliteTensor {
  const f = fields.Tensor;
  const dims = table.numbers(f.shape, 'shape', 'int', mostDims) ?? [];
  const signature = table.numbers(f.shape_signature, 'shape_signature', 'int', mostDims) ?? dims;
  const negative = dims.find(size => size < 0);
  if (negative !== undefined) throw new DamagedBuffer(`${table.where}.shape`, `a dimension of ${negative}`);
  const type = table.scalar(f.type, 'type', 'byte', 0);
  const buffer = table.scalar(f.buffer, 'buffer', 'uint', 0);
  if (buffer >= Math.max(buffers.length, 1)) {
    throw new DamagedBuffer(`${table.where}.buffer`, `buffer ${buffer}, of ${buffers.length}`);
  }
  const q = fields.QuantizationParameters;
  const quantization = table.table(f.quantization, 'quantization');
  return {
    index,
    name: table.text(f.name, 'name'),
    type: tensorTypes[type] ?? `type ${type}`,
    dims,
    // The batch may be left open: a microcontroller takes one input at a time.
    dynamic: signature.some((size, i) => size < 0 && i > 0),
    scales: quantization?.numbers(q.scale, 'scale', 'float', mostScales) ?? [],
    zeroPoints: quantization?.numbers(q.zero_point, 'zero_point', 'long', mostScales) ?? [],
    quantizedDimension: quantization?.scalar(q.quantized_dimension, 'quantized_dimension', 'int', 0) ?? 0,
    sparse: table.table(f.sparsity, 'sparsity') !== undefined,
    variable: table.scalar(f.is_variable, 'is_variable', 'byte', 0) !== 0,
    data: buffers[buffer],
  };
}

function operatorOf(table: Table, index: number, kinds: readonly string[]): TfliteOperator {
  const f = fields.Operator;
  const code = table.scalar(f.opcode_index, 'opcode_index', 'uint', 0);
  const kind = kinds[code];
  if (kind === undefined) throw new DamagedBuffer(`${table.where}.opcode_index`, `code ${code}, of ${kinds.length}`);
  const schema = Object.entries(options[kind] ?? {});
  const given = schema.length === 0 ? undefined : table.table(f.builtin_options, 'builtin_options');
  return {
    index,
    kind,
    inputs: table.numbers(f.inputs, 'inputs', 'int', mostOperands) ?? [],
    outputs: table.numbers(f.outputs, 'outputs', 'int', mostOperands) ?? [],
    options: Object.fromEntries(
      schema.map(([name, { field, type, otherwise }]) => [
        name,
        given?.scalar(field, name, type, otherwise) ?? otherwise,
      ]),
    ),
  };
}

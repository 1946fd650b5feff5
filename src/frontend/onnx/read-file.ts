import { DamagedMessage, FieldBudget, Message } from './protobuf.js';
import { dataTypes, fields, storage } from './schema.js';

/** A constant tensor; its elements are decoded when somebody wants them. */
export interface OnnxTensor {
  readonly name: string;
  /** By its name in the schema; `type 42` when the schema has none. */
  readonly type: string;
  readonly dims: readonly number[];
  /** The elements are in another file. */
  readonly external: boolean;
  /** All elements. @throws DamagedMessage when there are not as many as the shape says */
  read(): ArrayLike<number>;
}

/** An attribute holds one of these. */
export interface OnnxAttribute {
  readonly float?: number;
  readonly int?: number;
  readonly text?: string;
  readonly tensor?: OnnxTensor;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly graph: boolean;
}

export interface OnnxNode {
  readonly index: number;
  readonly name: string;
  /** `Conv`; of com.microsoft without the domain, of others as `domain:kind`. */
  readonly kind: string;
  /** Names of tensors; empty for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An input or output of the graph. */
export interface OnnxValue {
  readonly name: string;
  readonly type: string;
  /** Undefined where only a run knows it; the text names it. */
  readonly dims: readonly (number | string)[] | undefined;
}

export interface OnnxFile {
  /** Version of the standard operators. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export const mostNodes = 4096;
const mostTensors = 16_384;
const mostOperands = 1024;
const mostAttributes = 64;
const mostDims = 16;
const mostElements = 2 ** 26;

/**
 * The graph of an ONNX model. Costs time and memory in proportion to the bytes of the file.
 * @throws DamagedMessage when the bytes contradict the format or each other
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const model = new Message(bytes, 'ModelProto', fields.ModelProto, new FieldBudget());
  const graph = model.message(fields.ModelProto.graph, 'graph', fields.GraphProto);
  if (graph === undefined) throw new DamagedMessage('ModelProto.graph', 'there is none');
  const f = fields.GraphProto;
  if (graph.has(f.sparse_initializer)) throw new DamagedMessage(`${graph.where}.sparse_initializer`, 'sparse tensors');
  const initializers = new Map<string, OnnxTensor>();
  for (const message of graph.messages(f.initializer, 'initializer', fields.TensorProto, mostTensors)) {
    const tensor = tensorOf(message);
    initializers.set(tensor.name, tensor);
  }
  const values = (field: number, name: string) =>
    graph.messages(field, name, fields.ValueInfoProto, mostTensors).map(graphValueOf);
  return {
    opset: opsetOf(model),
    nodes: graph.messages(f.node, 'node', fields.NodeProto, mostTensors).map(nodeOf),
    initializers,
    // Files of old versions list their constants as inputs, too.
    inputs: values(f.input, 'input').filter(({ name }) => !initializers.has(name)),
    outputs: values(f.output, 'output'),
  };
}

function opsetOf(model: Message): number {
  const { domain, version } = fields.OperatorSetIdProto;
  const sets = model.messages(fields.ModelProto.opset_import, 'opset_import', fields.OperatorSetIdProto, 256);
  const standard = sets.find(set => ['', 'ai.onnx'].includes(set.text(domain, 'domain')));
  return standard?.number(version, 'version', 1) ?? 1;
}

function nodeOf(message: Message, index: number): OnnxNode {
  const f = fields.NodeProto;
  const domain = message.text(f.domain, 'domain');
  const kind = message.text(f.op_type, 'op_type');
  const [inputs, outputs] = [message.texts(f.input, 'input'), message.texts(f.output, 'output')];
  if (Math.max(inputs.length, outputs.length) > mostOperands) {
    throw new DamagedMessage(message.where, `more than ${mostOperands} inputs or outputs`);
  }
  const attributes = message.messages(f.attribute, 'attribute', fields.AttributeProto, mostAttributes);
  return {
    index,
    name: message.text(f.name, 'name'),
    kind: ['', 'ai.onnx', 'com.microsoft'].includes(domain) ? kind : `${domain}:${kind}`,
    inputs,
    outputs,
    attributes: new Map(attributes.map(a => [a.text(fields.AttributeProto.name, 'name'), attributeOf(a)])),
  };
}

function attributeOf(message: Message): OnnxAttribute {
  const f = fields.AttributeProto;
  const tensor = message.message(f.t, 't', fields.TensorProto);
  const text = message.bytesOf(f.s, 's');
  return {
    ...(message.has(f.f) ? { float: message.number(f.f, 'f', 0) } : {}),
    ...(message.has(f.i) ? { int: message.number(f.i, 'i', 0) } : {}),
    ...(text === undefined ? {} : { text: new TextDecoder().decode(text.subarray(0, 256)) }),
    ...(tensor === undefined ? {} : { tensor: tensorOf(tensor) }),
    floats: message.numbers(f.floats, 'floats', 'float', 65_536),
    ints: message.numbers(f.ints, 'ints', 'int64', 65_536),
    graph: message.has(f.g),
  };
}

const typeName = (type: number): string => dataTypes[type] ?? `type ${type}`;

function tensorOf(message: Message): OnnxTensor {
  const f = fields.TensorProto;
  const dims = message.numbers(f.dims, 'dims', 'int64', mostDims);
  const type = typeName(message.number(f.data_type, 'data_type', 0));
  const wrong = dims.find(size => !(size >= 0));
  if (wrong !== undefined) throw new DamagedMessage(`${message.where}.dims`, `a dimension of ${wrong}`);
  return {
    name: message.text(f.name, 'name'),
    type,
    dims,
    external: message.number(f.data_location, 'data_location', 0) !== 0 || message.has(f.external_data),
    read: () => elementsOf(message, type, dims),
  };
}

function elementsOf(message: Message, type: string, dims: readonly number[]): ArrayLike<number> {
  const f = fields.TensorProto;
  const count = dims.reduce((a, b) => a * b, 1);
  const layout = storage[type];
  if (layout === undefined || message.has(f.segment)) throw new DamagedMessage(message.where, `elements of ${type}`);
  if (count > mostElements) throw new DamagedMessage(`${message.where}.dims`, `${count} elements`);
  const raw = message.bytesOf(f.raw_data, 'raw_data');
  if (raw === undefined) {
    const kind = layout.field === 'float_data' ? 'float' : layout.field === 'double_data' ? 'double' : 'int64';
    const values = message.numbers(f[layout.field], layout.field, kind, count);
    if (values.length === count) return values;
    throw new DamagedMessage(
      `${message.where}.${layout.field}`,
      `${values.length} elements, and its shape needs ${count}`,
    );
  }
  if (raw.length !== count * layout.bytes) {
    throw new DamagedMessage(
      `${message.where}.raw_data`,
      `${raw.length} bytes, and its shape needs ${count * layout.bytes}`,
    );
  }
  return fromRaw(raw, type, count);
}

/** Little-endian elements. */
function fromRaw(raw: Uint8Array, type: string, count: number): ArrayLike<number> {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (type) {
    case 'FLOAT':
      return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
    case 'DOUBLE':
      return Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true));
    case 'INT8':
      return new Int8Array(raw.buffer, raw.byteOffset, count);
    case 'INT32':
      return Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true));
    case 'INT64':
      return Float64Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true)));
    default:
      return raw;
  }
}

function graphValueOf(message: Message): OnnxValue {
  const f = fields.ValueInfoProto;
  const name = message.text(f.name, 'name');
  const tensor = message
    .message(f.type, 'type', fields.TypeProto)
    ?.message(fields.TypeProto.tensor_type, 'tensor_type', fields.TypeProtoTensor);
  const shape = tensor?.message(fields.TypeProtoTensor.shape, 'shape', fields.TensorShapeProto);
  const dims = shape?.messages(fields.TensorShapeProto.dim, 'dim', fields.Dimension, mostDims).map(dim => {
    const { dim_value, dim_param } = fields.Dimension;
    return dim.has(dim_value) ? dim.number(dim_value, 'dim_value', 0) : dim.text(dim_param, 'dim_param') || '?';
  });
  return { name, type: typeName(tensor?.number(fields.TypeProtoTensor.elem_type, 'elem_type', 0) ?? 0), dims };
}

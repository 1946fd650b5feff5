import { Builder } from 'flatbuffers';
import { builtinOperators, fields, type OptionField, options, tensorTypes } from '../../src/frontend/tflite/schema.js';

/** Writes .tflite files with the FlatBuffers library, which shares no code with the reader that is tested. */
export interface TensorSpec {
  readonly name?: string;
  readonly dims: readonly number[];
  /** INT8 unless said otherwise. */
  readonly type?: string;
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  readonly axis?: number;
  /** Of a constant. */
  readonly data?: readonly number[];
  readonly signature?: readonly number[];
  readonly variable?: boolean;
}

export interface OperatorSpec {
  readonly kind: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Readonly<Record<string, number>>;
}

export interface NetworkSpec {
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly version?: number;
}

/** An int8 activation. */
export const activation = (dims: readonly number[], scale: number, zeroPoint = 0): TensorSpec => ({
  dims,
  scales: [scale],
  zeroPoints: [zeroPoint],
});

/** An int16 activation. */
export const activation16 = (dims: readonly number[], scale: number): TensorSpec => ({
  ...activation(dims, scale),
  type: 'INT16',
});

/** Constant int64 values: biases of int16 activations. */
export const int64 = (data: readonly number[]): TensorSpec => ({ dims: [data.length], type: 'INT64', data });

/** Constant int16 values: operands. */
export const int16 = (data: readonly number[], dims: readonly number[], scale: number): TensorSpec => ({
  ...int8(data, dims, [scale]),
  type: 'INT16',
});

/** Constant int32 values: axes, shapes, biases. */
export const int32 = (data: readonly number[], dims: readonly number[] = [data.length]): TensorSpec => ({
  dims,
  type: 'INT32',
  data,
});

/** Constant int8 values. */
export const int8 = (
  data: readonly number[],
  dims: readonly number[],
  scales: readonly number[],
  more: Partial<TensorSpec> = {},
): TensorSpec => ({ dims, data, scales, zeroPoints: scales.map(() => 0), ...more });

export function writeTflite(network: NetworkSpec): Uint8Array {
  const builder = new Builder(1024);
  const vector = (bytes: number, values: readonly number[], add: (value: number) => void, align = bytes) => {
    builder.startVector(bytes, values.length, align);
    for (const value of [...values].reverse()) add(value);
    return builder.endVector();
  };
  const ints = (values: readonly number[]) => vector(4, values, value => builder.addInt32(value));
  const longs = (values: readonly number[]) => vector(8, values, value => builder.addInt64(BigInt(value)));
  const floats = (values: readonly number[]) => vector(4, values, value => builder.addFloat32(value));
  const offsets = (values: readonly number[]) => vector(4, values, value => builder.addOffset(value));

  const dataOf = ({ data = [], type = 'INT8' }: TensorSpec) => {
    const bytes =
      type === 'INT8'
        ? Int8Array.from(data)
        : type === 'INT16'
          ? Int16Array.from(data)
          : type === 'INT64'
            ? BigInt64Array.from(data, BigInt)
            : Int32Array.from(data);
    return [...new Uint8Array(bytes.buffer)];
  };
  const emptyBuffer = table(builder, 3, () => {});
  const buffers = network.tensors.map(tensor => {
    if (tensor.data === undefined) return undefined;
    const bytes = vector(1, dataOf(tensor), value => builder.addInt8(value), 16);
    return table(builder, 3, () => builder.addFieldOffset(fields.Buffer.data, bytes, 0));
  });
  const made = buffers.filter(buffer => buffer !== undefined);
  const allBuffers = offsets([emptyBuffer, ...made]);

  const tensors = network.tensors.map((tensor, i) => {
    const name = builder.createString(tensor.name ?? `t${i}`);
    const dims = ints(tensor.dims);
    const signature = tensor.signature && ints(tensor.signature);
    const scales = tensor.scales && floats(tensor.scales);
    const zeroPoints = tensor.zeroPoints && longs(tensor.zeroPoints);
    const q = fields.QuantizationParameters;
    const quantization = table(builder, 7, () => {
      if (scales !== undefined) builder.addFieldOffset(q.scale, scales, 0);
      if (zeroPoints !== undefined) builder.addFieldOffset(q.zero_point, zeroPoints, 0);
      builder.addFieldInt32(q.quantized_dimension, tensor.axis ?? 0, 0);
    });
    const f = fields.Tensor;
    return table(builder, 10, () => {
      builder.addFieldOffset(f.shape, dims, 0);
      builder.addFieldInt8(
        f.type,
        tensorTypes.findIndex(type => type === (tensor.type ?? 'INT8')),
        0,
      );
      const buffer = buffers[i];
      builder.addFieldInt32(f.buffer, buffer === undefined ? 0 : made.indexOf(buffer) + 1, 0);
      builder.addFieldOffset(f.name, name, 0);
      if (tensor.scales !== undefined) builder.addFieldOffset(f.quantization, quantization, 0);
      if (tensor.variable) builder.addFieldInt8(f.is_variable, 1, 0);
      if (signature !== undefined) builder.addFieldOffset(f.shape_signature, signature, 0);
    });
  });
  const allTensors = offsets(tensors);

  const kinds = [...new Set(network.operators.map(operator => operator.kind))];
  const codes = kinds.map(kind => {
    const number = builtinOperators.indexOf(kind);
    return table(builder, 4, () => {
      builder.addFieldInt8(fields.OperatorCode.deprecated_builtin_code, Math.min(number, 127), 0);
      builder.addFieldInt32(fields.OperatorCode.builtin_code, number, 0);
    });
  });
  const allCodes = offsets(codes);

  const operators = network.operators.map(operator => {
    const inputs = ints(operator.inputs);
    const outputs = ints(operator.outputs);
    const given = table(builder, 12, () => {
      for (const [name, field] of Object.entries(options[operator.kind] ?? {})) {
        addOption(builder, field, operator.options?.[name] ?? field.otherwise);
      }
    });
    return table(builder, 9, () => {
      builder.addFieldInt32(fields.Operator.opcode_index, kinds.indexOf(operator.kind), 0);
      builder.addFieldOffset(fields.Operator.inputs, inputs, 0);
      builder.addFieldOffset(fields.Operator.outputs, outputs, 0);
      builder.addFieldOffset(fields.Operator.builtin_options, given, 0);
    });
  });
  const allOperators = offsets(operators);
  const inputs = ints(network.inputs ?? [0]);
  const outputs = ints(network.outputs ?? network.operators.at(-1)?.outputs ?? []);
  const graph = table(builder, 5, () => {
    builder.addFieldOffset(fields.SubGraph.tensors, allTensors, 0);
    builder.addFieldOffset(fields.SubGraph.inputs, inputs, 0);
    builder.addFieldOffset(fields.SubGraph.outputs, outputs, 0);
    builder.addFieldOffset(fields.SubGraph.operators, allOperators, 0);
  });
  const graphs = offsets([graph]);
  const model = table(builder, 8, () => {
    builder.addFieldInt32(fields.Model.version, network.version ?? 3, 0);
    builder.addFieldOffset(fields.Model.operator_codes, allCodes, 0);
    builder.addFieldOffset(fields.Model.subgraphs, graphs, 0);
    builder.addFieldOffset(fields.Model.buffers, allBuffers, 0);
  });
  builder.finish(model, 'TFL3');
  return builder.asUint8Array();
}

function table(builder: Builder, slots: number, add: () => void): number {
  builder.startObject(slots);
  add();
  return builder.endObject();
}

function addOption(builder: Builder, { field, type, otherwise }: OptionField, value: number): void {
  if (type === 'byte') builder.addFieldInt8(field, value, otherwise);
  else if (type === 'int') builder.addFieldInt32(field, value, otherwise);
  else builder.addFieldFloat32(field, value, otherwise);
}

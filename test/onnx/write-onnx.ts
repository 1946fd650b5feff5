import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { dataTypes } from '../../src/frontend/onnx/schema.js';

/** A constant, or what an attribute holds. */
export interface TensorSpec {
  readonly type: string;
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** In the field for its type instead of `raw_data`. */
  readonly typed?: boolean;
  readonly external?: boolean;
}

export type AttributeSpec = number | string | readonly number[] | TensorSpec | { readonly float: number };

export interface NodeSpec {
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  readonly name?: string;
  readonly domain?: string;
}

export interface ValueSpec {
  readonly name: string;
  readonly type?: string;
  /** Left out: not said. */
  readonly dims?: readonly (number | string)[];
}

export interface ModelSpec {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly constants: Readonly<Record<string, TensorSpec>>;
  readonly opset?: number;
}

export const floats = (values: readonly number[], dims: readonly number[] = [values.length]): TensorSpec => ({
  type: 'FLOAT',
  dims,
  values,
});
export const int64s = (...values: number[]): TensorSpec => ({ type: 'INT64', dims: [values.length], values });
export const scalar = (type: string, value: number): TensorSpec => ({ type, dims: [], values: [value] });

type Write = (writer: BinaryWriter) => void;

const message = (write: Write): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};
const LEN = 2;
const packed = (values: readonly number[], write: (writer: BinaryWriter, x: number) => void) =>
  message(writer => {
    for (const x of values) write(writer, x);
  });
const sub = (writer: BinaryWriter, field: number, write: Write) => writer.tag(field, LEN).bytes(message(write));
const text = (writer: BinaryWriter, field: number, value: string) => writer.tag(field, LEN).string(value);

/** Senseless networks have any numbers. */
const whole = (x: number): number => (Number.isFinite(x) && Math.abs(x) < 2 ** 62 ? Math.trunc(x) : 0);

function raw({ type, values }: TensorSpec): Uint8Array {
  switch (type) {
    case 'FLOAT':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'INT64':
      return new Uint8Array(BigInt64Array.from(values.map(x => BigInt(whole(x)))).buffer);
    case 'INT32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'INT8':
      return new Uint8Array(Int8Array.from(values).buffer);
    default:
      return Uint8Array.from(values);
  }
}

function writeTensor(writer: BinaryWriter, name: string, spec: TensorSpec): void {
  writer.tag(1, LEN).bytes(packed(spec.dims, (w, size) => w.int64(size)));
  writer.tag(2, 0).int32(dataTypes.indexOf(spec.type));
  text(writer, 8, name);
  if (spec.external) {
    sub(writer, 13, w => text(text(w, 1, 'location'), 2, 'weights.bin'));
    writer.tag(14, 0).int32(1);
  } else if (!spec.typed) writer.tag(9, LEN).bytes(raw(spec));
  else if (spec.type === 'FLOAT') writer.tag(4, LEN).bytes(packed(spec.values, (w, x) => w.float(x)));
  else {
    const field = spec.type === 'INT64' ? 7 : 5;
    writer.tag(field, LEN).bytes(packed(spec.values, (w, x) => w.int64(whole(x))));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeSpec): void {
  text(writer, 1, name);
  const type = (number: number) => writer.tag(20, 0).int32(number);
  if (typeof value === 'number') type(2).tag(3, 0).int64(value);
  else if (typeof value === 'string') text(type(3), 4, value);
  else if ('float' in value) type(1).tag(2, 5).float(value.float);
  else if ('dims' in value) sub(type(4), 5, w => writeTensor(w, name, value));
  else {
    type(7);
    for (const x of value) writer.tag(8, 0).int64(x);
  }
}

function writeValue(writer: BinaryWriter, { name, type = 'FLOAT', dims }: ValueSpec): void {
  text(writer, 1, name);
  sub(writer, 2, w =>
    sub(w, 1, tensor => {
      tensor.tag(1, 0).int32(dataTypes.indexOf(type));
      if (dims === undefined) return;
      sub(tensor, 2, shape => {
        for (const size of dims) {
          sub(shape, 1, dim => (typeof size === 'number' ? dim.tag(1, 0).int64(size) : text(dim, 2, size)));
        }
      });
    }),
  );
}

/** The file of a model, with the versions of the standard operators and those of com.microsoft. */
export function writeOnnx({ inputs, outputs, nodes, constants, opset = 13 }: ModelSpec): Uint8Array {
  return message(model => {
    model.tag(1, 0).int64(8);
    sub(model, 7, graph => {
      for (const { kind, inputs, outputs, attributes = {}, name = '', domain = '' } of nodes) {
        sub(graph, 1, node => {
          for (const input of inputs) text(node, 1, input);
          for (const output of outputs) text(node, 2, output);
          text(node, 3, name);
          text(node, 4, kind);
          for (const [key, value] of Object.entries(attributes)) sub(node, 5, w => writeAttribute(w, key, value));
          text(node, 7, domain);
        });
      }
      text(graph, 2, 'graph');
      for (const [name, spec] of Object.entries(constants)) sub(graph, 5, w => writeTensor(w, name, spec));
      for (const value of inputs) sub(graph, 11, w => writeValue(w, value));
      for (const value of outputs) sub(graph, 12, w => writeValue(w, value));
    });
    for (const [domain, version] of [
      ['', opset],
      ['com.microsoft', 1],
    ] as const) {
      sub(model, 8, w => text(w, 1, domain).tag(2, 0).int64(version));
    }
  });
}

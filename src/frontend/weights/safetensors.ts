/**
 * The safetensors format: u64 header length, JSON header, data (https://github.com/huggingface/safetensors, "Format"). Own
 * reader and writer: there is no maintained library for Node, and the point here is to believe nothing that a file claims.
 */
import { invariant } from '../../diagnostics/diagnostic.js';
import { formatBytes, type Refuse } from '../arrays/bounded-file.js';
import {
  decodeElements,
  type ElementType,
  elementsOf,
  encodeElements,
  maxRank,
  type NumericArray,
  type StoredType,
  storedBytes,
} from '../arrays/elements.js';
import { quoteName } from '../arrays/quote.js';
import { objectEntries, parseStrictJson } from './strict-json.js';

/** A million tensors would fit; the reference implementation takes 100 MB. */
export const maxHeaderBytes = 16 * 2 ** 20;
const metadataKey = '__metadata__';
/** Header, tensor, its array of dimensions. */
const headerDepth = 3;

const storedTypes: ReadonlyMap<unknown, StoredType> = new Map<unknown, StoredType>([
  ['F64', 'f64'],
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
  ['I64', 'i64'],
  ['I32', 'i32'],
  ['I16', 'i16'],
  ['I8', 'i8'],
  ['U8', 'u8'],
]);

const typeNames: Readonly<Record<ElementType, string>> = {
  f64: 'F64',
  f32: 'F32',
  i32: 'I32',
  i16: 'I16',
  i8: 'I8',
  u8: 'U8',
};

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NumericArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

interface TensorPlace {
  readonly name: string;
  readonly stored: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function numbersOf(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every(item => typeof item === 'number') ? value : undefined;
}

/** One tensor of the header, its range inside the data and as long as shape and type say. */
function readPlace(name: string, description: unknown, dataBytes: number, refuse: Refuse): TensorPlace {
  const tensor = `tensor ${quoteName(name)}`;
  const fields = new Map(objectEntries(description) ?? refuse(`describes ${tensor} by something other than an object`));
  const dtype = fields.get('dtype');
  const stored = storedTypes.get(dtype);
  if (stored === undefined) {
    return refuse(
      `has ${tensor} of type ${quoteName(String(dtype))}, where ${[...storedTypes.keys()].join(', ')} are read`,
    );
  }
  const shape = numbersOf(fields.get('shape'));
  const elements = shape === undefined || shape.length > maxRank ? undefined : elementsOf(shape);
  if (shape === undefined || elements === undefined) {
    return refuse(
      `gives ${tensor} a shape that is not a list of at most ${maxRank} whole numbers, or has too large a product`,
    );
  }
  const range = numbersOf(fields.get('data_offsets'));
  if (range?.length !== 2 || elementsOf(range) === undefined || range[0] > range[1] || range[1] > dataBytes) {
    return refuse(
      `gives ${tensor} the bytes [${quoteName(String(range ?? 'none')).slice(1, -1)}], which is no range in its ${formatBytes(dataBytes)} of data`,
    );
  }
  const [begin, end] = range;
  const needed = elements * storedBytes[stored];
  if (end - begin !== needed) {
    refuse(
      `gives ${tensor} ${formatBytes(end - begin)}, where ${String(dtype)} [${shape.join(', ')}] needs ${formatBytes(needed)}`,
    );
  }
  return { name, stored, shape, begin, end };
}

/** The data is cut into tensors without overlap and without a hole, so that a file has one meaning and no hiding place. */
function checkCoverage(places: readonly TensorPlace[], dataBytes: number, refuse: Refuse): void {
  let at = 0;
  let previous = 'the start of the data';
  for (const place of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const name = quoteName(place.name);
    if (place.begin < at) refuse(`has tensors that share bytes: ${previous} and ${name}`);
    if (place.begin > at)
      refuse(`has ${formatBytes(place.begin - at)} between ${previous} and ${name} that belong to no tensor`);
    at = place.end;
    previous = name;
  }
  if (at !== dataBytes) refuse(`has ${formatBytes(dataBytes - at)} after ${previous} that belong to no tensor`);
}

function readMetadata(value: unknown, refuse: Refuse): Map<string, string> {
  const entries = objectEntries(value) ?? refuse(`has a ${metadataKey} that is not an object`);
  const metadata = new Map<string, string>();
  for (const [key, text] of entries) {
    if (typeof text !== 'string') return refuse(`has a ${metadataKey} entry ${quoteName(key)} that is not a string`);
    metadata.set(key, text);
  }
  return metadata;
}

function readHeader(bytes: Uint8Array, refuse: Refuse): { header: readonly [string, unknown][]; dataStart: number } {
  if (bytes.length < 8) refuse('is truncated: it has no header length');
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (claimed > BigInt(bytes.length - 8)) {
    refuse(`is truncated or damaged: its header claims ${claimed} bytes, ${bytes.length - 8} follow`);
  }
  const length = Number(claimed);
  if (length > maxHeaderBytes) {
    refuse(`has a header of ${formatBytes(length)}, where at most ${formatBytes(maxHeaderBytes)} are read`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
  } catch {
    return refuse('is damaged: its header is not UTF-8');
  }
  if (!text.startsWith('{')) refuse('is damaged: its header does not start with {');
  const json = parseStrictJson(text, headerDepth, (message, details) =>
    refuse(`is damaged: its header ${message}`, details),
  );
  return { header: objectEntries(json) ?? [], dataStart: 8 + length };
}

/**
 * Reads a .safetensors file from its bytes. float16 and bfloat16 become float32; int64 becomes int32 when every value fits.
 * @throws what `refuse` throws: header longer than the file or than 16 MiB, no valid JSON, duplicate keys, unknown types,
 * ranges outside the data, of the wrong length, overlapping or with holes
 */
export function parseSafetensors(bytes: Uint8Array, refuse: Refuse): Safetensors {
  const { header, dataStart } = readHeader(bytes, refuse);
  const dataBytes = bytes.length - dataStart;
  let metadata = new Map<string, string>();
  const places: TensorPlace[] = [];
  for (const [name, description] of header) {
    if (name === metadataKey) metadata = readMetadata(description, refuse);
    else places.push(readPlace(name, description, dataBytes, refuse));
  }
  checkCoverage(places, dataBytes, refuse);
  const tensors = new Map<string, NumericArray>();
  for (const { name, stored, shape, begin, end } of places) {
    const range = bytes.subarray(dataStart + begin, dataStart + end);
    const { dtype, data } = decodeElements(range, stored, (message, details) =>
      refuse(`has tensor ${quoteName(name)} out of range: ${message}`, details),
    );
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The bytes of a .safetensors file. Deterministic: the header lists the tensors by name, and is padded with spaces to a
 * multiple of 8. The data is ordered by element size, largest first, then by name, so that each tensor is aligned without
 * holes: PyTorch's reader needs that.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NumericArray>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  invariant(!tensors.has(metadataKey), `${metadataKey} is no name of a tensor`);
  const named = [...tensors].sort(byName);
  const placed = named.toSorted(([, a], [, b]) => storedBytes[b.dtype] - storedBytes[a.dtype]);
  const begins = new Map<string, number>();
  let dataBytes = 0;
  for (const [name, { data }] of placed) {
    begins.set(name, dataBytes);
    dataBytes += data.byteLength;
  }
  const fields = named.map(([name, { dtype, shape, data }]) => {
    invariant(elementsOf(shape) === data.length, `data of tensor ${name} does not fit its shape [${shape}]`);
    const begin = begins.get(name) ?? 0;
    const description = { dtype: typeNames[dtype], shape, data_offsets: [begin, begin + data.byteLength] };
    return `${JSON.stringify(name)}:${JSON.stringify(description)}`;
  });
  if (metadata.size > 0) {
    const entries = [...metadata].sort(byName).map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    fields.unshift(`${JSON.stringify(metadataKey)}:{${entries.join(',')}}`);
  }
  // A string is a Map key here and an object key nowhere: JSON.stringify of an object would reorder names like '0'.
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const dataStart = Math.ceil((8 + header.length) / 8) * 8;
  const bytes = new Uint8Array(dataStart + dataBytes).fill(0x20, 8, dataStart);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  bytes.set(header, 8);
  for (const [name, { data }] of placed) bytes.set(encodeElements(data), dataStart + (begins.get(name) ?? 0));
  return bytes;
}

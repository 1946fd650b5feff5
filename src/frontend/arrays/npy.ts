/**
 * The .npy format, as numpy.lib.format documents it. An own reader: npyjs pulls in cross-fetch, and trusts the header (a
 * shape that does not fit the file gives a short array instead of an error).
 */
import { fail, invariant } from '../../diagnostics/diagnostic.js';
import { formatBytes, type Refuse, readBoundedFile } from './bounded-file.js';
import {
  decodeElements,
  type ElementType,
  elementsOf,
  encodeElements,
  type NumericArray,
  storedBytes,
} from './elements.js';
import { parseNpyHeader } from './npy-header.js';
import { permute } from './permute.js';
import { quoteName } from './quote.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
/** numpy writes 64 to 256 bytes; version 2 allows 4 GB, which no array of numbers needs. */
const maxHeaderBytes = 65536;
/** Array files larger than this are refused before they are read. */
export const maxArrayFileBytes = 2 ** 30;

/** Where the header is, by version; refuses lengths that lie. */
function locateHeader(bytes: Uint8Array, refuse: Refuse): { start: number; end: number; utf8: boolean } {
  if (bytes.length < 10 || !magic.every((byte, i) => bytes[i] === byte)) {
    refuse('is not an .npy array: it does not start with the bytes \\x93NUMPY');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (major < 1 || major > 3 || bytes[7] !== 0) {
    refuse(`has .npy version ${major}.${bytes[7]}, where 1.0, 2.0 and 3.0 are known`);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) refuse('is truncated inside its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) {
    refuse(`is truncated or damaged: its header claims ${formatBytes(length)}, ${bytes.length - start} follow`);
  }
  if (length > maxHeaderBytes) {
    refuse(`has a header of ${formatBytes(length)}, where at most ${formatBytes(maxHeaderBytes)} are read`);
  }
  return { start, end: start + length, utf8: major === 3 };
}

/**
 * Reads an .npy array from its bytes: versions 1 to 3, little-endian integers and floats, C or Fortran order (turned into C
 * order). float16 becomes float32; int64 becomes int32 when every value fits.
 * @throws what `refuse` throws, for anything else, and for a size that differs from shape times element size
 */
export function parseNpy(bytes: Uint8Array, refuse: Refuse): NumericArray {
  const { start, end, utf8 } = locateHeader(bytes, refuse);
  const header = parseNpyHeader(new TextDecoder(utf8 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end)), refuse);
  const expected = header.elements * storedBytes[header.stored];
  const found = bytes.length - end;
  if (expected !== found) {
    const what = `shape (${header.shape.join(', ')}) of ${header.stored} needs ${formatBytes(expected)} of data`;
    refuse(
      found < expected
        ? `is truncated or damaged: ${what}, ${formatBytes(found)} are there`
        : `has ${formatBytes(found - expected)} after its data: ${what}`,
    );
  }
  const { dtype, data } = decodeElements(bytes.subarray(end), header.stored, refuse);
  if (!header.fortranOrder) return { dtype, shape: header.shape, data };
  // Column-major elements are the row-major elements of the reversed shape.
  const axes = header.shape.map((_, i) => header.shape.length - 1 - i);
  return { dtype, shape: header.shape, data: permute(data, header.shape.toReversed(), axes).data };
}

/**
 * Reads an .npy file given for images, inputs, labels or expected outputs.
 * @throws CompileError E0401 (unreadable), E0402 (not a well-formed array) or E0403 (larger than 1 GiB)
 */
export function readNpy(path: string): NumericArray {
  const refuse =
    (code: 'E0401' | 'E0402' | 'E0403'): Refuse =>
    (message, details) =>
      fail(code, `array file ${quoteName(path)} ${message}`, details);
  const bytes = readBoundedFile(path, maxArrayFileBytes, refuse('E0401'), refuse('E0403'));
  return parseNpy(bytes, refuse('E0402'));
}

const descrOf: Readonly<Record<ElementType, string>> = {
  u8: '|u1',
  i8: '|i1',
  i16: '<i2',
  i32: '<i4',
  f32: '<f4',
  f64: '<f8',
};

/** The bytes of a version 1.0 .npy file; the data starts at a multiple of 64, as numpy has it. */
export function writeNpy(array: NumericArray): Uint8Array {
  invariant(elementsOf(array.shape) === array.data.length, `array data does not fit its shape [${array.shape}]`);
  const tuple = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(', ');
  const dict = `{'descr': '${descrOf[array.dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + array.data.byteLength);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(start - 11)}\n`), 10);
  bytes.set(encodeElements(array.data), start);
  return bytes;
}

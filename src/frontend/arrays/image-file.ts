import { statSync } from 'node:fs';
import { fail } from '../../diagnostics/diagnostic.js';
import { formatShape, type Shape } from '../../ir/tensor.js';
import { type Refuse, readBoundedFile } from './bounded-file.js';
import { quoteName } from './quote.js';

/** More than any image of the size of an input needs. */
const maxBytes = 64 * 1024 * 1024;

export type FileKind = 'png' | 'jpeg' | 'npy';

interface Size {
  readonly width: number;
  readonly height: number;
}

const magics: readonly (readonly [FileKind, readonly number[]])[] = [
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['npy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
];

/** What a file is by its first bytes, whatever its name says. */
export function kindOf(bytes: Uint8Array): FileKind | undefined {
  return magics.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0];
}

/**
 * The bytes of a file that may be an image; nothing of one that is too large for that, as arrays may be.
 * @throws CompileError E0911 when there is no such file or it cannot be read
 */
export function readImageFile(path: string, file: string): Uint8Array | undefined {
  if (sizeOf(path) > maxBytes) return undefined;
  const refuse: Refuse = (message, details) => fail('E0911', `input file ${quoteName(file)} ${message}`, details);
  return readBoundedFile(path, maxBytes, refuse, refuse);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/** Of an image header chunk (PNG, section 11.2.1), which comes first. */
function pngSize(view: DataView): (Size & { readonly interlaced: boolean }) | undefined {
  if (view.byteLength < 33 || view.getUint32(12) !== 0x49484452) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20), interlaced: view.getUint8(28) !== 0 };
}

/** Markers without a segment: TEM, RST0 to RST7, SOI. */
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** SOF0 to SOF15, but for the three codes that are no frames. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const [startOfScan, endOfImage] = [0xda, 0xd9];

/**
 * Of the one frame header (ITU-T T.81, section B.2.2). Nothing where there are several: a decoder allocates for each. The components of
 * the frame may be sampled up to four times along each axis, as the standard has it.
 */
function jpegSize(view: DataView): Size | undefined {
  let size: Size | undefined;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === endOfImage) break;
    if (marker === 0xff) at += 1;
    else if (isAlone(marker)) at += 2;
    else {
      if (isFrame(marker)) {
        if (size !== undefined || at + 10 > view.byteLength) return undefined;
        size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
        const components = view.getUint8(at + 9);
        if (components > 4 || at + 10 + 3 * components > view.byteLength) return undefined;
        for (let c = 0; c < components; c++) {
          const sampling = view.getUint8(at + 11 + 3 * c);
          const [across, down] = [sampling >> 4, sampling & 15];
          if (across < 1 || across > 4 || down < 1 || down > 4) return undefined;
        }
      }
      at += 2 + view.getUint16(at + 2);
      if (marker === startOfScan) at = afterScan(view, at);
    }
  }
  return size;
}

/** The first marker after the compressed data of a scan: a byte of 255 in the data is followed by 0, and restarts belong to the scan. */
function afterScan(view: DataView, from: number): number {
  for (let at = from; at + 1 < view.byteLength; at++) {
    const next = view.getUint8(at + 1);
    if (view.getUint8(at) === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return view.byteLength;
}

/**
 * The pixels of a PNG or JPEG of exactly the size of an input. The size is read from the header first, so that memory is
 * bounded by the model and not by the file.
 *
 * @returns RGB, or grey where the model has one channel
 * @throws CompileError E0911
 */
export async function decodeImage(
  bytes: Uint8Array,
  kind: 'png' | 'jpeg',
  shape: Shape,
  file: string,
): Promise<Uint8Array> {
  const name = kind === 'png' ? 'PNG' : 'JPEG';
  const damaged = (): never =>
    fail('E0911', `the ${name} image ${quoteName(file)} is damaged or cut short`, {
      hint: 'write it again, as an 8-bit PNG for instance',
    });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const png = kind === 'png' ? pngSize(view) : undefined;
  const size = png ?? (kind === 'jpeg' ? jpegSize(view) : undefined);
  if (size === undefined) return damaged();
  const { width, height } = size;
  const { channels } = shape;
  if (width !== shape.width || height !== shape.height || (channels !== 1 && channels !== 3)) {
    fail('E0911', `${quoteName(file)} is ${height}x${width}, and the model takes ${formatShape(shape)}`, {
      hint: 'scale the image to the size of the input; images have 1 or 3 channels',
    });
  }
  // The decoder inflates interlaced images without a bound.
  if (png?.interlaced === true) {
    fail('E0911', `the PNG image ${quoteName(file)} is interlaced, which effnetc does not read`, {
      hint: 'save it without interlacing',
    });
  }
  const rgba = await decode(bytes, kind, size).catch(damaged);
  return rgba.length === width * height * 4 ? pixelsOf(rgba, width * height, channels) : damaged();
}

async function decode(bytes: Uint8Array, kind: 'png' | 'jpeg', size: Size): Promise<Uint8Array> {
  if (kind === 'png') return (await import('pngjs')).PNG.sync.read(Buffer.from(bytes)).data;
  const { decode: decodeJpeg } = await import('jpeg-js');
  // More than the decoder takes for the pixels of this size: blocks of 64 coefficients, lines and the result.
  const maxMemoryUsageInMB = 16 + Math.ceil((64 * size.width * size.height) / 2 ** 20);
  return decodeJpeg(bytes, { useTArray: true, formatAsRGBA: true, tolerantDecoding: false, maxMemoryUsageInMB }).data;
}

function pixelsOf(rgba: Uint8Array, pixels: number, channels: number): Uint8Array {
  // Grey: the luma of ITU-R BT.601 in integers.
  const grey = (i: number) => (299 * rgba[i] + 587 * rgba[i + 1] + 114 * rgba[i + 2] + 500) / 1000;
  return Uint8Array.from({ length: pixels * channels }, (_, i) =>
    channels === 1 ? Math.floor(grey(i * 4)) : rgba[Math.floor(i / 3) * 4 + (i % 3)],
  );
}

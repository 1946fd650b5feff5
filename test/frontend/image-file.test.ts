import { encode } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/frontend/arrays/image-file.js';

const shape = { height: 24, width: 40, channels: 3 };

function jpegOf({ height, width }: { readonly height: number; readonly width: number }): Uint8Array {
  const data = Buffer.from(Array.from({ length: 4 * width * height }, (_, i) => (i * 7) & 255));
  return new Uint8Array(encode({ data, width, height }, 90).data);
}

/** Where the frame header of a baseline image is. */
const frameAt = (bytes: Uint8Array): number => bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);

/** A frame header of another size, from the one that is there. */
function frameOf(bytes: Uint8Array, height: number, width: number): Uint8Array {
  const at = frameAt(bytes);
  const frame = bytes.slice(at, at + 2 + bytes[at + 2] * 256 + bytes[at + 3]);
  frame.set([height >> 8, height & 255, width >> 8, width & 255], 5);
  return frame;
}

const refused = expect.objectContaining({
  diagnostics: [expect.objectContaining({ code: 'E0911', message: expect.stringContaining('is damaged') })],
});

describe('a JPEG', () => {
  it('of the size of the input is decoded', async () => {
    const pixels = await decodeImage(jpegOf(shape), 'jpeg', shape, 'x.jpg');
    expect(pixels.length).toBe(24 * 40 * 3);
  });

  it.each([
    ['before the scan', (bytes: Uint8Array) => frameAt(bytes)],
    ['after the scan', (bytes: Uint8Array) => bytes.length - 2],
  ])('with a second frame %s is refused by its headers', async (_where, placeOf) => {
    const bytes = jpegOf(shape);
    const [at, frame] = [placeOf(bytes), frameOf(bytes, 9000, 9000)];
    const first = frameAt(bytes) === at ? at + frame.length : at;
    const both = Buffer.concat([bytes.subarray(0, first), frame, bytes.subarray(first)]);
    await expect(decodeImage(new Uint8Array(both), 'jpeg', shape, 'x.jpg')).rejects.toEqual(refused);
  });

  it('with components that are sampled out of all measure is refused by its headers', async () => {
    const bytes = jpegOf(shape);
    bytes[frameAt(bytes) + 11] = 0xff;
    await expect(decodeImage(bytes, 'jpeg', shape, 'x.jpg')).rejects.toEqual(refused);
  });

  it('that ends within its headers is refused', async () => {
    const bytes = jpegOf(shape);
    for (const end of [3, 12, frameAt(bytes) + 5, frameAt(bytes) + 12])
      await expect(decodeImage(bytes.slice(0, end), 'jpeg', shape, 'x.jpg')).rejects.toEqual(refused);
  });
});

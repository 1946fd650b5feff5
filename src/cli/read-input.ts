import { readFileSync } from 'node:fs';
import { fail } from '../diagnostics/diagnostic.js';
import { inputAt, readInputs } from '../frontend/arrays/images.js';
import { formatShape, type Shape, type TensorType } from '../ir/tensor.js';
import { toInt8 } from '../quantize/inputs.js';
import type { CommandIo } from './io.js';
import { resolvePath } from './model-options.js';

/** One input for the reference: a PNG or JPEG of the model's size, or the first of an .npy. @throws CompileError E0911 */
export async function readOneInput(io: CommandIo, file: string, type: TensorType): Promise<Int8Array> {
  const quantisation = type.quantisation ?? { scale: 1, zeroPoint: 0 };
  const path = resolvePath(io, file);
  if (/\.(png|jpe?g)$/i.test(file)) {
    const image = await decodeImage(path, file);
    return toInt8('pixels', pixelsOf(image, type.shape, file), quantisation);
  }
  const inputs = readInputs(path, type.shape);
  if (inputs.count === 0) fail('E0911', `${file} has no inputs in it`);
  return toInt8(inputs.kind, inputAt(inputs, 0), quantisation);
}

interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8Array;
}

async function decodeImage(path: string, file: string): Promise<DecodedImage> {
  try {
    const bytes = readFileSync(path);
    if (/\.png$/i.test(file)) return (await import('pngjs')).PNG.sync.read(bytes);
    return (await import('jpeg-js')).decode(bytes, { useTArray: true, maxMemoryUsageInMB: 256 });
  } catch (error) {
    return fail(
      'E0911',
      `the image ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'give a PNG or JPEG file',
      },
    );
  }
}

function pixelsOf({ width, height, data }: DecodedImage, shape: Shape, file: string): Uint8Array {
  const { channels } = shape;
  if (width !== shape.width || height !== shape.height || (channels !== 1 && channels !== 3)) {
    fail('E0911', `${file} is ${height}x${width}, and the model takes ${formatShape(shape)}`, {
      hint: 'scale the image to the size of the input; images have 1 or 3 channels',
    });
  }
  // Grey: the luma of ITU-R BT.601 in integers.
  const grey = (i: number) => (299 * data[i] + 587 * data[i + 1] + 114 * data[i + 2] + 500) / 1000;
  return Uint8Array.from({ length: width * height * channels }, (_, i) =>
    channels === 1 ? Math.floor(grey(i * 4)) : data[Math.floor(i / 3) * 4 + (i % 3)],
  );
}

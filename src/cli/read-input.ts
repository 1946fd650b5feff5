import { fail } from '../diagnostics/diagnostic.js';
import { decodeImage, kindOf, readImageFile } from '../frontend/arrays/image-file.js';
import { inputAt } from '../frontend/arrays/images.js';
import { quoteName } from '../frontend/arrays/quote.js';
import type { Node } from '../ir/graph.js';
import { inputMeaning, toQuantised } from '../quantize/inputs.js';
import type { CommandIo } from './io.js';
import { readModelInputs, warnOfPixels } from './model-inputs.js';
import { resolvePath } from './model-options.js';

/**
 * One input for the reference: a PNG or JPEG of the model's size, or the first of an .npy; by its content, not its name.
 *
 * @throws CompileError E0911 for images, E04xx for arrays
 */
export async function readOneInput(io: CommandIo, file: string, source: Node): Promise<Int8Array | Int16Array> {
  const meaning = inputMeaning(source);
  const path = resolvePath(io, file);
  const bytes = readImageFile(path, file);
  const kind = bytes && kindOf(bytes);
  if (bytes && (kind === 'png' || kind === 'jpeg')) {
    const pixels = await decodeImage(bytes, kind, source.type.shape, file);
    warnOfPixels(source, io.session);
    return toQuantised('pixels', pixels, meaning);
  }
  // What calls itself an array and is none: its own reader knows why.
  if (bytes && kind === undefined && !/\.npy$/i.test(file)) {
    fail('E0911', `input file ${quoteName(file)} is ${bytes.length === 0 ? 'empty' : 'no PNG, JPEG or .npy file'}`, {
      hint: 'give a PNG or JPEG image of the size of the input, or an .npy array',
    });
  }
  const inputs = readModelInputs(path, source, io.session);
  return toQuantised(inputs.kind, inputAt(inputs, 0), meaning);
}

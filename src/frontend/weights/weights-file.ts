import { fail } from '../../diagnostics/diagnostic.js';
import { type Refuse, readBoundedFile } from '../arrays/bounded-file.js';
import type { NumericArray } from '../arrays/elements.js';
import { quoteName } from '../arrays/quote.js';
import { parseNpz } from './npz.js';
import { parseSafetensors } from './safetensors.js';

/** A tensor of a weights file, converted to an element type that fits memory (see {@link NumericArray}). */
export interface FileTensor extends NumericArray {
  /** As the file spells it. */
  readonly name: string;
}

export interface WeightsFile {
  /** As the user gave it. */
  readonly path: string;
  readonly format: 'npz' | 'safetensors';
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** `__metadata__` of a .safetensors file; empty for .npz. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Weights files larger than this are refused before they are read. */
export const maxWeightsFileBytes = 512 * 2 ** 20;

/** How to get from what other tools write to what effnetc reads. */
const conversions: Readonly<Record<string, string>> = {
  pytorch: 'in Python: np.savez(path, **{k: v.numpy() for k, v in model.state_dict().items()})',
  keras: 'in Python: np.savez(path, **{v.path: v.numpy() for v in model.weights})',
  npy: 'name the array after its parameter: np.savez(path, **{"fc.weight": x})',
};
const foreignExtensions: Readonly<Record<string, string>> = {
  pt: conversions.pytorch,
  pth: conversions.pytorch,
  bin: conversions.pytorch,
  ckpt: conversions.pytorch,
  h5: conversions.keras,
  hdf5: conversions.keras,
  keras: conversions.keras,
  npy: conversions.npy,
};

function magicFormat(bytes: Uint8Array): WeightsFile['format'] | undefined {
  const starts = (...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);
  // A member's local header, or the end record of an empty archive.
  if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6)) return 'npz';
  return bytes[8] === 0x7b ? 'safetensors' : undefined;
}

function formatOf(path: string, bytes: Uint8Array): WeightsFile['format'] {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1].toLowerCase() ?? '';
  const magic = magicFormat(bytes);
  const named = extension === 'npz' || extension === 'safetensors' ? extension : undefined;
  if (named !== undefined) {
    if (magic !== undefined && magic !== named) {
      fail(
        'E0301',
        `weights file ${quoteName(path)} is named .${named}, but its first bytes are those of a .${magic} file`,
        {
          hint: `rename it to .${magic}`,
        },
      );
    }
    return named;
  }
  const foreign = Object.hasOwn(foreignExtensions, extension) ? foreignExtensions[extension] : undefined;
  if (foreign !== undefined || magic === undefined) {
    fail('E0301', `weights file ${quoteName(path)} is neither .npz nor .safetensors`, { hint: foreign });
  }
  return magic;
}

/**
 * Reads the weights of a file's bytes; the path gives the format, together with the first bytes, and stands in messages.
 * @throws CompileError E0301 (neither format), E0302 (too large inflated), E0303 (damaged or hostile), E0304 (an array in it
 * is not well-formed)
 */
export function parseWeightsFile(path: string, bytes: Uint8Array): WeightsFile {
  const file = `weights file ${quoteName(path)}`;
  const refuse =
    (code: 'E0302' | 'E0303'): Refuse =>
    (message, details) =>
      fail(code, `${file} ${message}`, details);
  const format = formatOf(path, bytes);
  const { tensors, metadata } =
    format === 'safetensors'
      ? parseSafetensors(bytes, refuse('E0303'))
      : {
          tensors: parseNpz(bytes, {
            damaged: refuse('E0303'),
            tooLarge: refuse('E0302'),
            array: name => (message, details) =>
              fail('E0304', `tensor ${quoteName(name)} of ${file} ${message}`, details),
          }),
          metadata: new Map<string, string>(),
        };
  const named = new Map([...tensors].map(([name, tensor]) => [name, { name, ...tensor }]));
  return { path, format, tensors: named, metadata };
}

/**
 * Reads the file given with `--weights`, .npz or .safetensors.
 * @throws CompileError E0301 (unreadable, or neither format) to E0304, see {@link parseWeightsFile}
 */
export function readWeightsFile(path: string): WeightsFile {
  const refuse =
    (code: 'E0301' | 'E0302'): Refuse =>
    (message, details) =>
      fail(code, `weights file ${quoteName(path)} ${message}`, details);
  return parseWeightsFile(path, readBoundedFile(path, maxWeightsFileBytes, refuse('E0301'), refuse('E0302')));
}

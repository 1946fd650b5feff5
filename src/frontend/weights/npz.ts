import { Inflate } from 'fflate';
import { CompileError } from '../../diagnostics/diagnostic.js';
import { formatBytes, type Refuse } from '../arrays/bounded-file.js';
import type { NumericArray } from '../arrays/elements.js';
import { parseNpy } from '../arrays/npy.js';
import { quoteName } from '../arrays/quote.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';

// CRC-32 of ISO 3309, as zip has it: reflected polynomial 0xedb88320. zlib.crc32 needs Node 20.15.
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 of the bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255];
  return (crc ^ -1) >>> 0;
}

/** All members of an archive inflated; far above any network for a microcontroller. */
export const maxInflatedBytes = 512 * 2 ** 20;
/** Compressed bytes given to the inflater at a time, so that it never makes more than 16 MiB between two checks. */
const chunkBytes = 16384;
/** A stored block is at most 64 KiB: an inflater that is fed more without giving anything is past the end of its stream. */
const maxSilentBytes = 2 ** 18;

export interface NpzRefusals {
  /** The archive is damaged or hostile. */
  readonly damaged: Refuse;
  /** It would inflate to more than {@link maxInflatedBytes}. */
  readonly tooLarge: Refuse;
  /** A member of it is not an array that effnetc reads. */
  readonly array: (member: string) => Refuse;
}

/** Inflates a member into a buffer of its claimed size, and stops at the first byte too many. */
function inflateEntry(compressed: Uint8Array, entry: ZipEntry, refuse: Refuse): Uint8Array {
  const member = `member ${quoteName(entry.name)}`;
  const result = new Uint8Array(entry.size);
  let filled = 0;
  let silent = 0;
  const inflater = new Inflate(chunk => {
    silent = chunk.length === 0 ? silent : 0;
    if (filled + chunk.length > result.length) {
      refuse(`is damaged or hostile: ${member} inflates to more than the ${formatBytes(entry.size)} that it claims`);
    }
    result.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at === 0 || at < compressed.length; at += chunkBytes) {
      const chunk = compressed.subarray(at, at + chunkBytes);
      silent += chunk.length;
      if (silent > maxSilentBytes) refuse(`is damaged: ${member} has data after the end of its compressed stream`);
      inflater.push(chunk, at + chunkBytes >= compressed.length);
    }
  } catch (error) {
    if (error instanceof CompileError) throw error;
    // fflate throws plain errors (and, on streams built to confuse it, RangeErrors): all mean the same.
    const reason = error instanceof Error ? error.message : 'unknown reason';
    refuse(`is damaged: ${member} does not inflate (${reason})`);
  }
  if (filled !== entry.size) {
    refuse(`is damaged: ${member} inflates to ${formatBytes(filled)}, where it claims ${formatBytes(entry.size)}`);
  }
  return result;
}

/**
 * Reads the arrays of an .npz archive (numpy.savez, numpy.savez_compressed) from its bytes, keyed by name without `.npy`.
 * Sizes are checked before anything is inflated, against each other and against {@link maxInflatedBytes}; then each member
 * must inflate to exactly its claimed size and CRC.
 * @throws what the refusals throw
 */
export function parseNpz(bytes: Uint8Array, refusals: NpzRefusals): Map<string, NumericArray> {
  const { damaged, tooLarge } = refusals;
  const entries = readZipDirectory(bytes, damaged);
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > maxInflatedBytes) {
    tooLarge(`inflates to ${formatBytes(total)}, where at most ${formatBytes(maxInflatedBytes)} are read`);
  }
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) damaged(`has two members named ${quoteName(name)}`);
    if (!name.endsWith('.npy')) {
      damaged(`has the member ${quoteName(name)}, which is no .npy array`, {
        hint: 'write the file with numpy.savez(path, **arrays), or use .safetensors',
      });
    }
    names.add(name);
  }
  const arrays = new Map<string, NumericArray>();
  for (const entry of entries) {
    const compressed = bytes.subarray(entry.start, entry.start + entry.compressedSize);
    const content = entry.method === 'stored' ? compressed : inflateEntry(compressed, entry, damaged);
    if (crc32(content) !== entry.crc)
      damaged(`is damaged: member ${quoteName(entry.name)} has a wrong checksum (CRC-32)`);
    const name = entry.name.slice(0, -'.npy'.length);
    arrays.set(name, parseNpy(content, refusals.array(name)));
  }
  return arrays;
}

import { InternalError } from '../diagnostics/diagnostic.js';

/** Bytes of an image and the address that they are loaded to. */
export interface ElfSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const programHeaderBytes = 32;
const loadable = 1;

/**
 * The bytes that a loader puts into memory, of a 32-bit little-endian ELF file as our own linker writes it
 * (System V ABI, chapters 4 and 5).
 *
 * @throws InternalError for any other file
 */
export function elfSegments(file: Uint8Array): ElfSegment[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  // 0x7f 'E' 'L' 'F', class 32, little-endian.
  if (file.length < 52 || view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0101) {
    throw new InternalError('the linker wrote no 32-bit ELF file');
  }
  const table = view.getUint32(28, true);
  const count = view.getUint16(44, true);
  const segments: ElfSegment[] = [];
  for (let i = 0; i < count; i++) {
    const header = table + i * programHeaderBytes;
    const field = (index: number): number => view.getUint32(header + 4 * index, true);
    const [type, offset, physical, bytes] = [field(0), field(1), field(3), field(4)];
    if (type === loadable && bytes > 0) {
      segments.push({ address: physical, bytes: file.subarray(offset, offset + bytes) });
    }
  }
  return segments;
}

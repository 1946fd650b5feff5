import { formatBytes, type Refuse } from '../arrays/bounded-file.js';
import { quoteName } from '../arrays/quote.js';

/** A member of a zip archive, its place checked against the file and against the other members. */
export interface ZipEntry {
  /** As the archive spells it. Only a name: nothing is ever written to a path. */
  readonly name: string;
  readonly method: 'stored' | 'deflate';
  readonly crc: number;
  /** Offset of the first byte of compressed data. */
  readonly start: number;
  readonly compressedSize: number;
  readonly size: number;
}

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
/** Stands for "see the zip64 extra field". */
const zip64Mark = 0xffffffff;
/** Deflate stores at best 258 bytes in 2 bits: no stream inflates to more than 1032 times its size. */
const deflateRatio = 1032;

interface Directory {
  readonly offset: number;
  readonly end: number;
  readonly count: number;
}

function findDirectory(view: DataView, refuse: Refuse): Directory {
  const size = view.byteLength;
  let at = size - endBytes;
  // The comment is at most 65,535 bytes, and only an end record whose comment reaches the end of the file counts.
  const lowest = Math.max(0, at - 0xffff);
  while (
    at >= lowest &&
    !(view.getUint32(at, true) === endSignature && view.getUint16(at + 20, true) === size - at - endBytes)
  ) {
    at--;
  }
  if (at < lowest) refuse('is truncated or no zip archive: it has no end-of-directory record');
  const count = view.getUint16(at + 10, true);
  const bytes = view.getUint32(at + 12, true);
  const offset = view.getUint32(at + 16, true);
  if (
    view.getUint16(at + 4, true) !== 0 ||
    view.getUint16(at + 6, true) !== 0 ||
    view.getUint16(at + 8, true) !== count
  ) {
    refuse('is one part of an archive in several parts');
  }
  if (count === 0xffff || bytes === zip64Mark || offset === zip64Mark) {
    refuse('has a zip64 directory, which a file of this size does not need');
  }
  if (offset + bytes !== at) {
    refuse(`is damaged: its directory claims bytes ${offset} to ${offset + bytes}, its end record is at ${at}`);
  }
  return { offset, end: at, count };
}

/** A size of a local header: the directory's, or zero with a data descriptor after the data, or a zip64 extra field. */
function localSizesAgree(view: DataView, at: number, flags: number, entry: ZipEntry): boolean {
  const compressed = view.getUint32(at + 18, true);
  const size = view.getUint32(at + 22, true);
  if (compressed === entry.compressedSize && size === entry.size) return true;
  if (flags & 8 && compressed === 0 && size === 0) return true;
  if (compressed !== zip64Mark || size !== zip64Mark) return false;
  // numpy.savez opens members with force_zip64: its local headers may carry 64-bit sizes for small members.
  let field = at + localBytes + view.getUint16(at + 26, true);
  while (field + 4 <= entry.start) {
    const length = view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1 && length >= 16 && field + 20 <= entry.start) {
      const claimed = [view.getBigUint64(field + 4, true), view.getBigUint64(field + 12, true)];
      const described = (flags & 8) !== 0 && claimed.every(n => n === 0n);
      return described || (claimed[0] === BigInt(entry.size) && claimed[1] === BigInt(entry.compressedSize));
    }
    field += 4 + length;
  }
  return false;
}

/** Reads the directory entry at `at`, and the local header that it points to. */
function readEntry(bytes: Uint8Array, view: DataView, at: number, directory: Directory, refuse: Refuse): ZipEntry {
  const nameLength = view.getUint16(at + 28, true);
  const nameBytes = bytes.subarray(at + centralBytes, at + centralBytes + nameLength);
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(nameBytes);
  } catch {
    return refuse('has a member whose name is not UTF-8');
  }
  const member = `member ${quoteName(name)}`;
  const flags = view.getUint16(at + 8, true);
  if (flags & 0x2041) refuse(`has the encrypted ${member}`, { hint: 'store it without a password' });
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) {
    refuse(`has ${member} compressed by method ${method}`, {
      hint: 'write it with numpy.savez or numpy.savez_compressed, which store or deflate',
    });
  }
  const compressedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if (compressedSize === zip64Mark || size === zip64Mark || header === zip64Mark) {
    refuse(`claims a zip64 size or place for ${member}, which a file of this size does not need`);
  }
  if (header + localBytes > directory.offset || view.getUint32(header, true) !== localSignature) {
    refuse(`is damaged: no local header for ${member} at byte ${header}`);
  }
  const localNameLength = view.getUint16(header + 26, true);
  const start = header + localBytes + localNameLength + view.getUint16(header + 28, true);
  if (start + compressedSize > directory.offset) {
    refuse(`is damaged: ${member} claims ${formatBytes(compressedSize)} at byte ${start}, past the end of the data`);
  }
  const entry: ZipEntry = {
    name,
    method: method === 0 ? 'stored' : 'deflate',
    crc: view.getUint32(at + 16, true),
    start,
    compressedSize,
    size,
  };
  const localName = bytes.subarray(header + localBytes, header + localBytes + localNameLength);
  const sameName = localName.length === nameBytes.length && localName.every((byte, i) => byte === nameBytes[i]);
  const localFlags = view.getUint16(header + 6, true);
  if (!sameName || view.getUint16(header + 8, true) !== method || !localSizesAgree(view, header, localFlags, entry)) {
    refuse(`is damaged: the directory and the local header of ${member} disagree`);
  }
  if (method === 0 && size !== compressedSize) {
    refuse(`is damaged: ${member} is stored, yet claims ${formatBytes(size)} in ${formatBytes(compressedSize)}`);
  }
  if (method === 8 && size > compressedSize * deflateRatio) {
    refuse(`claims ${formatBytes(size)} for ${member}, more than its ${formatBytes(compressedSize)} can inflate to`);
  }
  return entry;
}

/**
 * Lists the members of a zip archive (PKWARE APPNOTE 6.3.10; one part, no encryption, no zip64 in the directory), in the
 * order of the directory. Nothing is inflated. Each member's bytes lie in the file and are its own: members that share bytes
 * are how small archives unpack to petabytes.
 * @throws what `refuse` throws
 */
export function readZipDirectory(bytes: Uint8Array, refuse: Refuse): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, refuse);
  const entries: ZipEntry[] = [];
  let at = directory.offset;
  for (let i = 0; i < directory.count; i++) {
    if (at + centralBytes > directory.end || view.getUint32(at, true) !== centralSignature) {
      refuse(`is damaged: entry ${i + 1} of its directory of ${directory.count} is not there`);
    }
    const next =
      at + centralBytes + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > directory.end) refuse(`is damaged: entry ${i + 1} of its directory reaches over its end`);
    entries.push(readEntry(bytes, view, at, directory, refuse));
    at = next;
  }
  if (at !== directory.end) refuse(`is damaged: its directory has ${directory.end - at} bytes after its last entry`);
  const byPlace = entries.toSorted((a, b) => a.start - b.start);
  for (const [i, entry] of byPlace.entries()) {
    const previous = byPlace[i - 1];
    // The local header is a part of the member: 30 bytes and a name at least.
    if (previous !== undefined && previous.start + previous.compressedSize > entry.start - localBytes) {
      refuse(`has members that share bytes: ${quoteName(previous.name)} and ${quoteName(entry.name)}`);
    }
  }
  return entries;
}

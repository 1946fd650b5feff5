import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { CompileError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { crc32 } from '../../src/frontend/weights/npz.js';
import type { FileTensor, WeightsFile } from '../../src/frontend/weights/weights-file.js';

/** The diagnostics of what must fail with a CompileError. */
export function diagnosticsOf(action: () => unknown): readonly Diagnostic[] {
  try {
    action();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics;
    throw error;
  }
  throw new Error('expected a CompileError, nothing was thrown');
}

export function expectCode(action: () => unknown, code: string, message: RegExp): void {
  const [found] = diagnosticsOf(action);
  expect(found.message).toMatch(message);
  expect(found.code).toBe(code);
}

/** Runs the action; a CompileError is fine, any other error is the test's failure. */
export function toleratesOnlyRefusal(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
  }
}

/** A directory of the test file's own, removed afterwards; gives the path of a new file in it. */
export function scratch(): (name: string, bytes: Uint8Array) => string {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-weights-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return (name, bytes) => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    return path;
  };
}

export function floats(shape: readonly number[], value: (i: number) => number = i => i): NumericArray {
  const count = shape.reduce((a, b) => a * b, 1);
  return { dtype: 'f32', shape, data: Float32Array.from({ length: count }, (_, i) => value(i)) };
}

export function weightsFile(tensors: Record<string, NumericArray>, metadata: Record<string, string> = {}): WeightsFile {
  const named: [string, FileTensor][] = Object.entries(tensors).map(([name, t]) => [name, { name, ...t }]);
  return { path: 'w.npz', format: 'npz', tensors: new Map(named), metadata: new Map(Object.entries(metadata)) };
}

/** What a zip member claims; everything defaults to the truth. */
export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  /** Uncompressed bytes that `data` stands for, when it is deflated. */
  readonly plain?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** Offset of the local header as the directory has it. */
  readonly header?: number;
  readonly localName?: string;
  readonly localSize?: number;
  readonly localExtra?: Uint8Array;
}

export interface ZipLies {
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly comment?: string;
}

/** Builds a zip archive byte by byte, so that each field can lie. */
export function buildZip(members: readonly Member[], lies: ZipLies = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  const put = (list: Buffer[], widths: string, values: readonly number[], ...tails: Uint8Array[]): void => {
    const head = Buffer.alloc([...widths].reduce((sum, w) => sum + Number(w), 0));
    let offset = 0;
    for (const [i, w] of [...widths].entries()) offset = head.writeUIntLE(values[i] ?? 0, offset, Number(w));
    list.push(head, ...tails.map(tail => Buffer.from(tail)));
  };
  for (const m of members) {
    const plain = m.plain ?? m.data;
    const method = m.method ?? (m.plain === undefined ? 0 : 8);
    const crc = m.crc ?? crc32(plain);
    const compressed = m.compressedSize ?? m.data.length;
    const size = m.size ?? plain.length;
    const name = Buffer.from(m.name);
    const localName = Buffer.from(m.localName ?? m.name);
    const extra = m.localExtra ?? new Uint8Array();
    const local = m.localSize ?? size;
    const localCompressed = m.localSize ?? compressed;
    const header = m.header ?? at;
    put(
      parts,
      '42222244422',
      [0x04034b50, 20, m.flags ?? 0, method, 0, 0, crc, localCompressed, local, localName.length, extra.length],
      localName,
      extra,
      m.data,
    );
    at += 30 + localName.length + extra.length + m.data.length;
    put(
      directory,
      '42222224442222244',
      [0x02014b50, 20, 20, m.flags ?? 0, method, 0, 0, crc, compressed, size, name.length, 0, 0, 0, 0, 0, header],
      name,
    );
  }
  const directoryBytes = Buffer.concat(directory);
  const comment = Buffer.from(lies.comment ?? '');
  const end: Buffer[] = [];
  const count = lies.count ?? members.length;
  put(
    end,
    '42222442',
    [
      0x06054b50,
      0,
      0,
      count,
      count,
      lies.directorySize ?? directoryBytes.length,
      lies.directoryOffset ?? at,
      comment.length,
    ],
    comment,
  );
  return new Uint8Array(Buffer.concat([...parts, directoryBytes, ...end]));
}

/** A safetensors file of any header text and data. */
export function buildSafetensors(header: string | Uint8Array, data = new Uint8Array(), length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

import { readFileSync } from 'node:fs';
import { CompileError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Firmware } from '../../src/toolchain/firmware.js';

const text = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** The toy model with another `toy.c`: `overrun` takes fixtures/overrun.c. */
export function toyFirmware(target: string, source = 'toy'): Firmware {
  return {
    name: 'toy',
    files: new Map([
      ['toy.h', text('toy.h')],
      ['toy.c', text(`${source}.c`)],
      ['toy_weights.h', text('toy_weights.h')],
      ['toy_weights.c', text('toy_weights.c')],
    ]),
    entry: 'infer',
    inputBytes: 24,
    inputRows: 1,
    outputBytes: 4,
    inputType: 'int8_t',
    outputType: 'int8_t',
    consumesInput: false,
    layers: [
      { name: 'scale', functionName: 'l00', rows: 4, rowBytes: 6, steps: 4 },
      { name: 'sum', functionName: 'l01', rows: 2, rowBytes: 2, steps: 2 },
    ],
    stepLayers: [0, 0, 1, 0, 0, 1],
    target: loadTarget(target),
  };
}

const weights = [1, -2, 3, -4, 5, -6];

/** What toy.c computes: the bytes of layer 0 and of layer 1, which is also the output. */
export function toyLayers(vector: Uint8Array): [Uint8Array, Uint8Array] {
  const first = new Int8Array(vector).map((x, i) => 10 * (1 + (i % 6)) + x * (weights[i % 6] ?? 0));
  const at = (row: number, c: number): number => first[6 * row + c] ?? 0;
  const second = Int8Array.from({ length: 4 }, (_, i) => {
    const [upper, k] = [2 * Math.floor(i / 2), i % 2];
    const sum = [0, 2, 4].reduce((s, c) => s + at(upper, c + k) + at(upper + 1, c + k), 0);
    const divisor = at(upper, k) === 0 ? 7 : 6 + (at(upper, k) & 1);
    return Math.trunc(sum / divisor);
  });
  return [new Uint8Array(first.buffer), new Uint8Array(second.buffer)];
}

/** Vectors for the toy model, all different. */
export const toyVectors = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, v) => Uint8Array.from({ length: 24 }, (_, i) => (v * 37 + i * 11) & 255));

/** The first diagnostic of what must fail. */
export async function failureOf(action: Promise<unknown>): Promise<Diagnostic> {
  try {
    await action;
  } catch (error) {
    if (error instanceof CompileError && error.diagnostics[0] !== undefined) return error.diagnostics[0];
    throw error;
  }
  throw new Error('expected a CompileError, nothing was thrown');
}

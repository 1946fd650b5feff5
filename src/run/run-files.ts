import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, InternalError, invariant } from '../diagnostics/diagnostic.js';
import type { Firmware } from '../toolchain/firmware.js';
import type { DriverResult } from './driver.js';
import { parseTrace } from './trace.js';

/** The directory in which a harness runs: it reads in.bin, and writes out.bin and trace.bin. */
export class RunFiles {
  /** @param directory is made */
  constructor(
    readonly directory: string,
    private readonly firmware: Firmware,
    private readonly vectors: readonly Uint8Array[],
  ) {
    for (const [i, vector] of vectors.entries()) {
      invariant(
        vector.length === firmware.inputBytes,
        `vector ${i} has ${vector.length} bytes, ${firmware.name} takes ${firmware.inputBytes}`,
      );
    }
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'in.bin'), Buffer.concat(vectors));
  }

  /** Vectors whose output is there already. */
  finished(): number {
    const stats = statSync(join(this.directory, 'out.bin'), { throwIfNoEntry: false });
    return Math.floor((stats?.size ?? 0) / this.firmware.outputBytes);
  }

  /** @throws CompileError E0808 when outputs or rows are missing, or too many */
  result(trace: boolean): DriverResult {
    const { outputBytes, layers } = this.firmware;
    const count = this.vectors.length;
    const bytes = this.read('out.bin');
    if (bytes.length !== count * outputBytes) {
      fail('E0808', `the firmware wrote ${bytes.length} bytes of output, where ${count * outputBytes} are expected`);
    }
    const outputs = this.vectors.map((_, v) => bytes.subarray(v * outputBytes, (v + 1) * outputBytes));
    return trace ? { outputs, layers: parseTrace(this.read('trace.bin'), layers, count) } : { outputs };
  }

  private read(name: string): Uint8Array {
    try {
      // A plain Uint8Array with a buffer of its own: a Buffer's may be shared.
      return new Uint8Array(readFileSync(join(this.directory, name)));
    } catch (error) {
      throw new InternalError(`${name} of a finished run: ${String(error)}`);
    }
  }
}

/** Parts that run at the same time, when there are enough vectors to be worth a process more. */
const maxParts = 2;
const vectorsPerPart = 4;

/** Splits vectors into parts of nearly equal size, in order. */
export function splitVectors(vectors: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const parts = Math.max(1, Math.min(maxParts, Math.floor(vectors.length / vectorsPerPart)));
  const size = Math.ceil(vectors.length / parts);
  return Array.from({ length: parts }, (_, i) => vectors.slice(i * size, (i + 1) * size));
}

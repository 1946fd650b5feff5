import type { Target } from '../target/target.js';
import type { StackBound } from '../toolchain/stack-bound.js';
import type { CountResult } from './count-instructions.js';

/** A layer of the generated code, as far as its rows are to be watched. */
export interface TracedLayer {
  readonly name: string;
  /** Its C function. */
  readonly functionName: string;
  readonly rows: number;
  readonly rowBytes: number;
  /** Calls of its kernel in an inference. */
  readonly steps: number;
}

/** How the input is handed in: whole, or row by row. */
export type Entry = 'infer' | 'push-row';

/** The generated sources and what is needed to call them. */
export interface Firmware {
  /** C prefix: the header is `<name>.h`, the entries are `<name>_infer` and `<name>_push_row`. */
  readonly name: string;
  readonly entry: Entry;
  /** Its one entry overwrites the input, which must be aligned to 4. */
  readonly consumesInput: boolean;
  /** File name to text: `<name>.h`, `<name>.c`, `<name>_weights.h`, `<name>_weights.c`. */
  readonly files: ReadonlyMap<string, string>;
  readonly inputBytes: number;
  readonly inputRows: number;
  readonly outputBytes: number;
  /** C types of the elements of input and output. */
  readonly inputType: 'int8_t' | 'int16_t';
  readonly outputType: 'int8_t' | 'int16_t' | 'int32_t';
  readonly layers: readonly TracedLayer[];
  /** The layer of each step, in the order of an inference. */
  readonly stepLayers: readonly number[];
  readonly target: Target;
}

/** What a driver saw: for each vector the output, and with `trace` every byte of every layer. */
export interface DriverResult {
  readonly outputs: readonly Uint8Array[];
  /** `layers[v][l]` are the bytes of layer `l` for vector `v`, rows in order; only with `trace`. */
  readonly layers?: readonly (readonly Uint8Array[])[];
}

/** Figures of one inference in emulation. */
export interface ProfileResult {
  /** Executed instructions of one inference, without trace hooks. */
  readonly instructions: number;
  /** Executed instructions by layer, the cost of the hooks taken out. */
  readonly layerInstructions: readonly number[];
  /** Executed between the layers: `instructions` without the sum of `layerInstructions`. */
  readonly driverInstructions: number;
  /** Bytes of stack below the call of an entry, by painting. */
  readonly stackBytes: number;
  /** The most that any path through the code takes. */
  readonly stackBound: StackBound;
  readonly flash: { readonly code: number; readonly weights: number; readonly tables: number };
  /** Bytes of code of each layer's own function. */
  readonly layerCode: readonly number[];
  /** Instructions by layer, function and class, and cycles that follow from them. */
  readonly counts: CountResult;
  /** Static RAM of the model's own objects: the arena, a few bytes of state, and input rows that are kept. */
  readonly arenaBytes: number;
}

/** Something that runs generated C on vectors of raw input bytes. */
export interface Driver {
  readonly name: 'host' | 'qemu' | 'rp2040js';
  /** Why it cannot run this firmware on any machine; undefined when it can. */
  unsuited(firmware: Firmware): string | undefined;
  /** Undefined when it can run here; otherwise the reason why not, and what to install. */
  unavailable(firmware: Firmware): string | undefined;
  run(firmware: Firmware, vectors: readonly Uint8Array[], options: RunOptions): Promise<DriverResult>;
}

export interface RunOptions {
  readonly trace: boolean;
  /** Called as vectors finish. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

import type { Target } from '../target/target.js';

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

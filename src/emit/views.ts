/** View models of the templates below `templates/model/`: everything decided and formatted, nothing left to compute. */

export interface LabelledText {
  readonly label: string;
  readonly text: string;
}

export interface TableView {
  readonly symbol: string;
  readonly ctype: string;
  readonly count: number;
  readonly layout: string;
  readonly lines: readonly (readonly number[])[];
}

export interface LayerView {
  readonly index: number;
  /** `block1.pw conv 1x1, relu`. */
  readonly title: string;
  readonly facts: readonly LabelledText[];
  readonly function: string;
  /** The kernel's C text, rendered from its own template. */
  readonly code: string;
  readonly tables: readonly TableView[];
  readonly ctype: string;
  readonly height: number;
  readonly windowRows: number;
  readonly rowStride: number;
  readonly rowsBefore: number;
  readonly rowsMayMiss: boolean;
  readonly inputHeight: number;
  readonly inputRowBytes: number;
  /** C expressions of the first row of input and output. */
  readonly source: string;
  readonly destination: string;
  readonly rowElements: number;
  readonly rowBytes: number;
}

export interface BufferView {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface ModelView {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly provenance: readonly LabelledText[];
  readonly input: {
    readonly shape: string;
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly count: number;
    readonly scale: number;
    readonly zeroPoint: number;
  };
  readonly output: { readonly shape: string; readonly ctype: string; readonly count: number; readonly meaning: string };
  readonly arenaBytes: number;
  readonly weightBytes: number;
  readonly tableBytes: number;
  readonly buffers: readonly BufferView[];
  /** C text of the shared helper functions, callees first. */
  readonly helpers: readonly string[];
  readonly layers: readonly LayerView[];
}

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
  readonly lines: readonly (readonly (number | string)[])[];
}

/** How a layer finds the rows of one of its inputs: `rows[first]` and those after it. */
export interface InputView {
  /** Where the rows are: exactly one of these. The caller's are those of the image, overwritten or not. */
  readonly fromCaller: boolean;
  readonly fromOutput: boolean;
  readonly fromArena: boolean;
  /** Table of the rows' places; for rows of the arena. */
  readonly rowTable: string;
  /** Index into `rows` of the window's first row. */
  readonly first: number;
  /** The window's first row is the first of `rows`. */
  readonly atStart: boolean;
  readonly count: number;
  readonly single: boolean;
  /** One row, always there, at a number that needs no arithmetic. */
  readonly same: boolean;
  readonly stride: number;
  readonly before: number;
  readonly strided: boolean;
  /** So many output rows are made of the same rows. */
  readonly repeat: number;
  readonly repeated: boolean;
  readonly shifted: boolean;
  /** Rows of a window may be above the input or below it. */
  readonly mayMiss: boolean;
  readonly mayMissBoth: boolean;
  readonly mayMissAbove: boolean;
  readonly height: number;
  readonly rowElements: number;
  /** The list that the pointers go to. */
  readonly rows: string;
  /** Rows of the arena are not of its own type. */
  readonly casts: boolean;
}

/** A list of pointers to the rows that a layer reads. */
export interface RowListView {
  readonly name: string;
  readonly ctype: string;
  readonly count: number;
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
  /** The row that it makes is not of the arena's type. */
  readonly casts: boolean;
  readonly inputs: readonly InputView[];
  /** The list of pointers to the rows that it reads. */
  readonly rows: string;
  /** The row goes to the caller's output, otherwise to the place that `rowTable` says. */
  readonly toCaller: boolean;
  readonly rowTable: string;
  readonly rowElements: number;
  readonly rowBytes: number;
  /** Takes rows one by one into sums; then the row comes out with step `lastStep`. */
  readonly accumulates: boolean;
  readonly lastStep: number;
  /** Word of the arena where the sums are. */
  readonly sumsWord: number;
  readonly hasScratch: boolean;
  readonly scratchTable: string;
}

/** A line of the memory map. */
export interface BufferView {
  readonly name: string;
  readonly rows: number;
  readonly rowBytes: number;
  /** The most rows that are live at a time. */
  readonly live: number;
  readonly lowest: number;
  readonly end: number;
}

/** The caller's image, where the model overwrites it. */
export interface ImageView {
  /** Before the arena: the bytes of the input, in whole words. */
  readonly bytes: number;
  readonly words: number;
}

/** Where rows of a tensor are, in words of the arena. */
export interface RowTableView {
  readonly symbol: string;
  readonly ctype: 'uint8_t' | 'uint16_t' | 'uint32_t';
  readonly comment: string;
  readonly count: number;
  readonly lines: readonly (readonly number[])[];
}

export interface StepsView {
  readonly count: number;
  /** Type of the layer and of the row of a step. */
  readonly ctype: string;
  /** The order as a picture: a line per layer, time from left to right. */
  readonly chart: readonly string[];
  readonly lines: readonly string[];
}

/** The entry points that take the input row by row. */
export interface PushView {
  readonly rows: number;
  readonly rowElements: number;
  readonly rowBytes: number;
  /** Per number of rows: the step at which the next row is needed. */
  readonly cuts: readonly (readonly number[])[];
  /** Of RAM besides the arena. */
  readonly bytes: number;
  readonly keepsRows: boolean;
  readonly keptRows: number;
  /** Per input row: its place among the kept rows. */
  readonly slots: readonly (readonly number[])[];
  /** Output rows are made before the last input row is there, and wait for the end in a buffer of their own. */
  readonly holdsOutput: boolean;
}

/** A part of the model that has a section of its own, for the linker fragment. */
export interface PlaceView {
  readonly section: string;
  readonly region: string;
  readonly origin: number;
  readonly bytes: number;
  /** Not loaded, and not zeroed: the model needs neither. */
  readonly noload: boolean;
  readonly content: string;
}

export interface LimitView {
  readonly bytes: number;
  /** Who sets it, for a comment. */
  readonly from: string;
}

/** What the C asserts about its size; null where nobody sets a limit. */
export interface LimitsView {
  readonly ram: LimitView | null;
  readonly flash: LimitView | null;
  /** What is kept of pushed rows counts as static RAM. */
  readonly countsPushing: boolean;
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
    readonly ctype: string;
    /** `int8` or `int16`. */
    readonly type: string;
    /** Rows of the caller are not of the arena's type. */
    readonly casts: boolean;
    readonly count: number;
    readonly rowElements: number;
    readonly rowBytes: number;
    /** What rows are counted in: `bytes`, where these are the elements. */
    readonly unit: string;
    readonly scale: number;
    readonly zeroPoint: number;
  };
  readonly output: { readonly shape: string; readonly ctype: string; readonly count: number; readonly meaning: string };
  readonly arenaBytes: number;
  /** False where all rows are the caller's: then there is no arena. */
  readonly usesArena: boolean;
  /** Rows have places: in the arena, in the image that is overwritten, or in both. */
  readonly placesRows: boolean;
  /** Null where the model only reads it. */
  readonly image: ImageView | null;
  /** Sections that the target wants for the arena and for the constant tables; empty where it says nothing. */
  readonly arenaSection: string;
  readonly weightsSection: string;
  readonly places: readonly PlaceView[];
  readonly boundBytes: number;
  readonly weightBytes: number;
  readonly tableBytes: number;
  /** Of weights and tables together. */
  readonly constantBytes: number;
  /** Names of all constant tables but `steps`, some a line. */
  readonly constantLines: readonly (readonly string[])[];
  readonly limits: LimitsView;
  readonly buffers: readonly BufferView[];
  readonly rowTables: readonly RowTableView[];
  readonly rowLists: readonly RowListView[];
  readonly steps: StepsView;
  /** Null where the image is overwritten. */
  readonly push: PushView | null;
  /** Pushed rows are kept in a ring. */
  readonly keepsRows: boolean;
  /** Something calls memcpy or memset. */
  readonly includesString: boolean;
  /** C text of the shared helper functions, callees first. */
  readonly helpers: readonly string[];
  readonly layers: readonly LayerView[];
}

import type { LabelledText } from '../emit/views.js';

/** View models of the templates below `templates/report/`: everything decided and formatted, nothing left to compute. */

/** A number that one looks for first. */
export interface FigureView {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** A bar among others of the same scale. */
export interface BarView {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** Width in per cent. */
  readonly percent: string;
  /** The one that counts. */
  readonly main: boolean;
}

/** A mark of an axis. */
export interface TickView {
  /** Distance from the axis' start in per cent. */
  readonly at: string;
  readonly label: string;
  /** Its label is left out where there is little room. */
  readonly minor: boolean;
}

/** An area with what is said of it when the pointer is over it. */
export interface ShapeView {
  readonly path: string;
  readonly title: string;
}

/** What a layer keeps in the arena: its rows, its sums, its scratch; or the rows of an input that is overwritten. */
export interface TensorView {
  readonly layer: number | 'input';
  /** Its colour in the style sheet. */
  readonly colour: number | 'input';
  readonly blocks: readonly ShapeView[];
  /** The outline of all of its blocks that are no rows; empty where there are none. */
  readonly hatched: string;
}

/** A horizontal line of the memory map, and its entry in the legend. */
export interface LineView {
  /** Class in the style sheet: `image`, `arena`, `bound`, `least`, `budget`. */
  readonly kind: string;
  readonly path: string;
  readonly label: string;
  readonly value: string;
}

/** The memory map: one unit is a step across and a byte downwards. */
export interface MapView {
  readonly steps: number;
  readonly bytes: number;
  /** For those who cannot see it. */
  readonly description: string;
  readonly xTicks: readonly TickView[];
  readonly yTicks: readonly TickView[];
  readonly grid: string;
  readonly hatchWidth: string;
  readonly hatchHeight: string;
  readonly hatch: string;
  readonly hasHatched: boolean;
  /** The input is overwritten, and lies below the arena. */
  readonly hasImage: boolean;
  readonly tensors: readonly TensorView[];
  readonly lines: readonly LineView[];
  readonly live: { readonly path: string; readonly peak: string; readonly value: string };
}

/** The steps of one layer, or the calls that hand in rows, on the time axis. */
export interface LaneView {
  readonly layer: number;
  readonly colour: number;
  readonly name: string;
  readonly count: string;
  readonly steps: number;
  readonly path: string;
  readonly title: string;
}

/** The calls of `push_row`, on the time axis. */
export interface PushView {
  readonly steps: number;
  readonly calls: readonly ShapeView[];
  /** Where calls begin. */
  readonly ticks: string;
  readonly note: string;
}

/** What one layer computes and what that costs. */
export interface WorkRow {
  readonly layer: number;
  readonly colour: number;
  readonly name: string;
  readonly kind: string;
  readonly input: string;
  readonly output: string;
  readonly source: string;
  readonly macs: string;
  readonly instructions: string;
  readonly perMac: string;
  /** Estimated. */
  readonly cycles: string;
  readonly cyclesPerMac: string;
  /** Its part of all instructions, or of all MACs where none were counted, in per cent. */
  readonly share: string;
  readonly accumulator: string;
  readonly kernel: string;
}

/** What one layer occupies. */
export interface MemoryRow {
  readonly layer: number;
  readonly colour: number;
  readonly name: string;
  readonly place: string;
  readonly rows: string;
  readonly rowBytes: string;
  readonly live: string;
  readonly besides: string;
  /** Empty where it was not measured. */
  readonly code: string;
  readonly weights: string;
  readonly tables: string;
}

/** A row of the table of kinds: parts in per cent, one for each title. */
export interface ClassRow {
  readonly name: string;
  readonly instructions: string;
  readonly shares: readonly string[];
}

export interface ClassView {
  readonly counted: boolean;
  /** Why not; empty where it was counted. */
  readonly reason: string;
  readonly titles: readonly string[];
  readonly rows: readonly (ClassRow & { readonly layer: number; readonly colour: number })[];
  readonly driver?: ClassRow;
  readonly whole?: ClassRow;
}

/** How well one tensor agrees with the float network. */
export interface QualityRow {
  readonly name: string;
  /** Among those with the most noise. */
  readonly worst: boolean;
  /** Decibels; empty where there is no noise. */
  readonly signalToNoise: string;
  /** The same as a bar, in per cent of 60 dB. */
  readonly percent: string;
  readonly low: string;
  readonly high: string;
  readonly scale: string;
  readonly zeroPoint: string;
  readonly rule: string;
  /** Histograms as paths, 32 bins wide and 20 high; that of weights is empty where there are none. */
  readonly values: string;
  readonly weights: string;
  /** `4 bits` of the weights; empty where they have 8. */
  readonly width: string;
}

export interface QualityView {
  readonly rows: readonly QualityRow[];
  readonly bins: number;
  readonly height: number;
}

/** A figure with all channels, and without those that were left out. */
export interface ChangeView {
  readonly before: string;
  readonly after: string;
}

/** The layers of which less is left. */
export interface ReducedView {
  readonly rows: readonly {
    readonly name: string;
    readonly channels: ChangeView;
    readonly weights: ChangeView;
    readonly macs: ChangeView;
  }[];
  readonly total: string;
}

export interface PageView {
  readonly model: string;
  readonly target: string;
  readonly version: string;
  readonly summary: string;
  readonly untrained: boolean;
  /** Why it does not fit the target. */
  readonly misfits: readonly string[];
  readonly facts: readonly LabelledText[];
  readonly figures: readonly FigureView[];
  readonly measured: boolean;
  /** Why there are no figures of a run; empty where there are. */
  readonly unmeasured: string;
  readonly orders: readonly BarView[];
  readonly usesArena: boolean;
  readonly map: MapView;
  /** Null where rows cannot be pushed. */
  readonly push: PushView | null;
  readonly lanes: readonly LaneView[];
  readonly work: {
    readonly rows: readonly WorkRow[];
    /** What the driver's loop takes besides the layers. */
    readonly driver: string;
    readonly macs: string;
    readonly instructions: string;
    readonly perMac: string;
    readonly estimated: boolean;
    /** What the estimate of cycles rests on; empty where there is none. */
    readonly estimateNote: string;
    readonly driverCycles: string;
    readonly cycles: string;
    readonly cyclesPerMac: string;
  };
  /** Null where nothing was left out. */
  readonly reduced: ReducedView | null;
  /** Null where the weights do not say. */
  readonly quality: QualityView | null;
  /** Null where nothing was measured. */
  readonly classes: ClassView | null;
  readonly memory: {
    readonly hasImage: boolean;
    readonly measured: boolean;
    /** Of the driver, helpers and the compiler's library. */
    readonly sharedCode: string;
    readonly code: string;
    readonly rows: readonly MemoryRow[];
    /** Tables of the driver: where the rows lie, and the order of the steps. */
    readonly planTables: string;
    readonly weights: string;
    readonly tables: string;
  };
}

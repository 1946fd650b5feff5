/** A C function that kernels share: it is emitted once into each model that has a kernel which calls it. */
interface HelperEntry {
  readonly name: string;
  /** Below `templates/`. */
  readonly template: string;
  /** What the template reads besides {@link HelperTarget}. */
  readonly view?: Readonly<Record<string, unknown>>;
  /** It, or a kernel that calls it, takes memcpy and memset from string.h. */
  readonly copies?: true;
}

/** What every helper template may ask of the target. */
export interface HelperTarget {
  /** The instructions of the DSP extension are there. */
  readonly dsp: boolean;
  /** Thumb-2 is there, or only Thumb-1; neither on the host. */
  readonly thumb2: boolean;
  readonly thumb1: boolean;
}

/**
 * How `lanes/dot` is unrolled, by pixels. The jumps over it must fit a byte, and back to its start what `bne` reaches on
 * Armv6-M, 256 bytes.
 */
export const dotLanes = {
  8: { longestRun: 11, tapBytes: 20 },
  4: { longestRun: 16, tapBytes: 12 },
} as const;

/** The first and the last tap of a run are written out. */
const eightPixels = { ...dotLanes[8], middleTaps: 9, pixels: 8, words: 4, block: 16, wide: true, stores: true };
const fourPixels = { ...dotLanes[4], middleTaps: 14, pixels: 4, words: 2, block: 8, wide: false, stores: false };

/** All of them, callees first: the order in which they stand in the C. */
export const helperTable = [
  { name: 'doubling-high-multiply', template: 'numeric/doubling-high-multiply' },
  { name: 'rounding-divide', template: 'numeric/rounding-divide' },
  { name: 'requantise-native', template: 'numeric/requantise-native' },
  { name: 'requantise-tflite', template: 'numeric/requantise-tflite' },
  { name: 'requantise-tflite-single', template: 'numeric/requantise-tflite-single' },
  { name: 'requantise-to-int8', template: 'numeric/requantise-to-int8' },
  { name: 'reciprocal', template: 'numeric/reciprocal' },
  { name: 'lanes', template: 'dsp/lanes' },
  { name: 'multiply', template: 'dsp/multiply', copies: true },
  { name: 'widen-4', template: 'dsp/widen', view: { pixels: 4 }, copies: true },
  { name: 'widen-1', template: 'dsp/widen', view: { pixels: 1 }, copies: true },
  { name: 'fill-4', template: 'dsp/fill', view: { pixels: 4 } },
  { name: 'fill-1', template: 'dsp/fill', view: { pixels: 1 } },
  { name: 'dot-pair', template: 'dsp/dot-pair' },
  { name: 'dot-4x2-16', template: 'dsp/dot-4x2', view: { depth: 16, steps: 8 } },
  { name: 'dot-4x2-8', template: 'dsp/dot-4x2', view: { depth: 8, steps: 4 } },
  { name: 'dot-1x2-16', template: 'dsp/dot-1x2', view: { depth: 16, steps: 2 } },
  { name: 'dot-1x2-8', template: 'dsp/dot-1x2', view: { depth: 8, steps: 1 } },
  { name: 'tile-pairs', template: 'dsp/tile-pairs' },
  { name: 'tile-4x2-16', template: 'dsp/tile-4x2', view: { depth: 16, steps: 8 } },
  { name: 'tile-4x2-8', template: 'dsp/tile-4x2', view: { depth: 8, steps: 4 } },
  { name: 'tile-1x2-16', template: 'dsp/tile-1x2', view: { depth: 16, steps: 2 } },
  { name: 'tile-1x2-8', template: 'dsp/tile-1x2', view: { depth: 8, steps: 1 } },
  { name: 'assembler', template: 'lanes/assembler' },
  { name: 'pack-8', template: 'lanes/pack', view: { pixels: 8, words: 4 } },
  { name: 'pack-4', template: 'lanes/pack', view: { pixels: 4, words: 2 } },
  { name: 'dot-lanes-8', template: 'lanes/dot', view: eightPixels },
  { name: 'dot-lanes-4', template: 'lanes/dot', view: fourPixels },
  { name: 'copy-words', template: 'lanes/copy-words', copies: true },
  { name: 'requantisation', template: 'lanes/requantisation' },
  { name: 'requantise-above', template: 'lanes/requantise-short', view: { name: 'requantise_above', ownLowest: false } },
  { name: 'requantise-between', template: 'lanes/requantise-short', view: { name: 'requantise_between', ownLowest: true } },
  { name: 'requantise-many', template: 'lanes/requantise-long', view: { name: 'requantise_many' } },
] as const satisfies readonly HelperEntry[];

export type Helper = (typeof helperTable)[number]['name'];

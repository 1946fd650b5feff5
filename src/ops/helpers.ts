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
}

/** All of them, callees first: the order in which they stand in the C. */
export const helperTable = [
  { name: 'mve', template: 'mve/include' },
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
  { name: 'mve-copy', template: 'mve/copy', copies: true },
  { name: 'mve-fill', template: 'mve/fill', copies: true },
  { name: 'mve-dot', template: 'mve/dot', copies: true },
] as const satisfies readonly HelperEntry[];

export type Helper = (typeof helperTable)[number]['name'];

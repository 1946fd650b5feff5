import { subByteWidths } from '../ir/tensor.js';
import { type Rounding, roundings } from '../numeric/requantise.js';
import { packOf, placeOf, stepsOf } from './packing/bit-layout.js';

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
 * How `kernels/dot-product/swar-dot` is unrolled, by pixels. The jumps over it must fit a byte, and back to its start what `bne` reaches on
 * Armv6-M, 256 bytes.
 */
export const dotSwar = {
  8: { longestRun: 11, tapBytes: 20 },
  4: { longestRun: 16, tapBytes: 12 },
} as const;

/** The first and the last tap of a run are written out. */
const eightPixels = { ...dotSwar[8], middleTaps: 9, pixels: 8, words: 4, block: 16, wide: true, stores: true };
const fourPixels = { ...dotSwar[4], middleTaps: 14, pixels: 4, words: 2, block: 8, wide: false, stores: false };

/** Inputs that an inner loop takes at a time. */
const rounds = [4, 8, 16] as const;
export type Round = (typeof rounds)[number];

/** A rounding rule as templates ask for it. */
export const roundingView = (rounding: Rounding) => ({
  native: rounding === 'native',
  tflite: rounding === 'tflite',
  tfliteSingle: rounding === 'tflite-single',
});

const arithmetic = [
  { name: 'assembler', template: 'kernels/shared/assembler-macros' },
  { name: 'mve', template: 'kernels/shared/mve-include' },
  { name: 'doubling-high-multiply', template: 'kernels/requantise/generic-doubling-high-multiply' },
  { name: 'rounding-divide', template: 'kernels/requantise/generic-rounding-divide' },
  { name: 'requantise-native', template: 'kernels/requantise/generic-native' },
  { name: 'requantise-tflite', template: 'kernels/requantise/generic-tflite' },
  { name: 'requantise-tflite-single', template: 'kernels/requantise/generic-tflite-single' },
  { name: 'requantise-long', template: 'kernels/requantise/generic-long' },
  { name: 'reciprocal', template: 'kernels/softmax/generic-reciprocal' },
  { name: 'look-up', template: 'kernels/curve/generic-look-up' },
] as const satisfies readonly HelperEntry[];

const dsp = [
  { name: 'dsp-halves', template: 'kernels/shared/dsp-halves' },
  { name: 'multiply', template: 'kernels/shared/dsp-multiply', copies: true },
  { name: 'load-pair', template: 'kernels/shared/dsp-load-pair', copies: true },
  { name: 'larger-bytes', template: 'kernels/pool/dsp-larger-bytes' },
  { name: 'widen-2', template: 'kernels/dot-product/dsp-widen', view: { pixels: 2 }, copies: true },
  { name: 'widen-1', template: 'kernels/dot-product/dsp-widen', view: { pixels: 1 }, copies: true },
  { name: 'fill-2', template: 'kernels/dot-product/dsp-fill', view: { pixels: 2 } },
  { name: 'fill-1', template: 'kernels/dot-product/dsp-fill', view: { pixels: 1 } },
  { name: 'dot-pair', template: 'kernels/dot-product/dsp-dot-pair', view: { wide: false, prefix: '' } },
  { name: 'wide-dot-pair', template: 'kernels/dot-product/dsp-dot-pair', view: { wide: true, prefix: 'wide_' } },
] as const satisfies readonly HelperEntry[];

const saturating = roundings.map(rounding => ({
  name: `saturating-${rounding}` as const,
  template: 'kernels/requantise/dsp-saturating',
  view: roundingView(rounding),
}));

/** Weights as int8 by pairs of channels, or as int16. */
const widths = [
  { prefix: '', view: { wide: false, prefix: '' } },
  { prefix: 'wide-', view: { wide: true, prefix: 'wide_' } },
] as const;

/** How a tile requantises: by a rule as it mostly is, or with shifts to the left that each channel has of its own. */
const tileRules = roundings.flatMap(rounding => {
  const rule = roundingView(rounding);
  const channelWords = rounding === 'native' ? 4 : 8;
  return [
    { rule: `${rounding}` as const, view: { ...rule, shifted: false, suffix: '', channelWords, shiftWord: 0 } },
    {
      rule: `${rounding}-shifted` as const,
      view: { ...rule, shifted: true, suffix: '_shifted', channelWords: channelWords + 2, shiftWord: channelWords },
    },
  ];
});

const tilePairs = widths.flatMap(({ prefix, view }) =>
  tileRules.map(({ rule, view: rounding }) => ({
    name: `${prefix}tile-pairs-${rule}` as const,
    template: 'kernels/dot-product/dsp-tile-pairs',
    view: { ...view, ...rounding },
  })),
);

const tiles = widths.flatMap(({ prefix, view: width }) =>
  rounds.flatMap(round =>
    (['2x2', '1x2'] as const).flatMap(tile => {
      const view = { ...width, depth: round, roundWords: round / 2, steps: round / 4 };
      return [
        { name: `${prefix}dot-${tile}-${round}` as const, template: `kernels/dot-product/dsp-dot-${tile}`, view },
        ...tileRules.map(({ rule, view: rounding }) => ({
          name: `${prefix}tile-${tile}-${round}-${rule}` as const,
          template: `kernels/dot-product/dsp-tile-${tile}`,
          view: { ...view, ...rounding },
        })),
      ];
    }),
  ),
);

const swar = [
  { name: 'pack-8', template: 'kernels/dot-product/swar-pack', view: { pixels: 8, words: 4 } },
  { name: 'pack-4', template: 'kernels/dot-product/swar-pack', view: { pixels: 4, words: 2 } },
  { name: 'swar-dot-8', template: 'kernels/dot-product/swar-dot', view: eightPixels },
  { name: 'swar-dot-4', template: 'kernels/dot-product/swar-dot', view: fourPixels },
  { name: 'copy-words', template: 'kernels/dot-product/swar-copy-words', copies: true },
  { name: 'requantisation', template: 'kernels/requantise/swar-requantisation' },
  {
    name: 'requantise-above',
    template: 'kernels/requantise/swar-short',
    view: { name: 'requantise_above', ownLowest: false },
  },
  {
    name: 'requantise-between',
    template: 'kernels/requantise/swar-short',
    view: { name: 'requantise_between', ownLowest: true },
  },
  { name: 'requantise-many', template: 'kernels/requantise/swar-long', view: { name: 'requantise_many' } },
] as const satisfies readonly HelperEntry[];

const mve = [
  { name: 'mve-word', template: 'kernels/shared/mve-word', copies: true },
  { name: 'mve-copy', template: 'kernels/shared/mve-copy', copies: true },
  { name: 'mve-fill', template: 'kernels/shared/mve-fill', copies: true },
  { name: 'mve-dot', template: 'kernels/dot-product/mve-portable', copies: true },
] as const satisfies readonly HelperEntry[];

const narrow = subByteWidths.map(bits => ({
  name: `weight-${bits}` as const,
  template: 'kernels/packing/sub-byte-weight',
  view: {
    three: bits === 3,
    one: bits === 1,
    bits,
    perWord: 32 / bits,
    groups: 8 / bits,
    mask: 2 ** bits - 1,
    bias: -stepsOf(bits).least,
  },
}));

/** What weights are unpacked as; binary ones also as pairs of channels, `a + 256 * b`, which the others are by themselves. */
const unpacked = [...subByteWidths.map(bits => ({ bits, pairs: false })), { bits: 1, pairs: true } as const];

const bytes = unpacked.map(({ bits, pairs }) => ({
  name: pairs ? (`pairs-of-${bits as 1}` as const) : (`bytes-of-${bits}` as const),
  template: 'kernels/packing/sub-byte-bytes',
  view: { bits, one: bits === 1, pairs, leasts: -stepsOf(bits).least * 0x01010101 },
}));

const unpack = unpacked.map(({ bits, pairs }) => {
  const three = bits === 3;
  const { values, words } = packOf(bits);
  const mask = (three ? 3 : 2 ** bits - 1) * 0x01010101;
  const places = Array.from({ length: values / 4 }, (_, to) => {
    const { word, shift } = placeOf(bits, 4 * to);
    return { to, word, shift, mask, three, highShift: to };
  });
  return {
    name: pairs ? (`unpack-pairs-${bits as 1}` as const) : (`unpack-${bits}` as const),
    template: 'kernels/packing/sub-byte-unpack',
    view: { three, one: bits === 1, pairs, bits, values, words, places, toWords: values / 4 },
  };
});

/** Of 8 weights, those of two words. */
const eightBytes = ['low', 'high'].map((name, word) => ({
  name,
  all: 15 * 16 ** word,
  bytes: [0, 1, 2, 3].map(i => ({ mask: 2 ** (4 * word + i), shift: 8 * i })),
}));

const sparse = [
  { name: 'halves-of-bytes', template: 'kernels/packing/sparse-halves' },
  { name: 'expand-pairs', template: 'kernels/packing/sparse-expand', view: { pairs: true, words: eightBytes } },
  { name: 'expand-bytes', template: 'kernels/packing/sparse-expand', view: { pairs: false, words: eightBytes } },
  { name: 'walk-weights', template: 'kernels/packing/sparse-walk' },
] as const satisfies readonly HelperEntry[];

/** All of them, callees first: the order in which they stand in the C. */
export const helperTable: readonly (HelperEntry & { readonly name: Helper })[] = [
  ...arithmetic,
  ...narrow,
  ...bytes,
  ...unpack,
  ...sparse,
  ...dsp,
  ...saturating,
  ...tilePairs,
  ...tiles,
  ...swar,
  ...mve,
];

export type Helper = (
  | (typeof arithmetic)[number]
  | (typeof narrow)[number]
  | (typeof bytes)[number]
  | (typeof unpack)[number]
  | (typeof sparse)[number]
  | (typeof dsp)[number]
  | (typeof saturating)[number]
  | (typeof tilePairs)[number]
  | (typeof tiles)[number]
  | (typeof swar)[number]
  | (typeof mve)[number]
)['name'];

import { z } from 'zod';
import type { Session } from '../../diagnostics/session.js';
import { type Quantisation, type SubByteBits, subByteWidths } from '../../ir/tensor.js';
import { type Rounding, roundings } from '../../numeric/requantise.js';
import type { LayerQuality } from '../../quantize/quality.js';
import { quoteName } from '../arrays/quote.js';
import { objectEntries, parseStrictJson } from './strict-json.js';
import type { WeightsFile } from './weights-file.js';

/** `__metadata__.format` of the files that `effnetc quantize` writes. */
export const quantisedFormat = 'effnetc-quantised-2';

/** The same where layers have sub-byte weights: a reader that knows nothing of them would store them as int8. */
export const narrowFormat = 'effnetc-quantised-3';

/** The same where activations are int16, or biases doubles, with or without sub-byte weights. */
export const wideFormat = 'effnetc-quantised-4';

const readFormats: readonly string[] = [quantisedFormat, narrowFormat, wideFormat];

/** Is it a quantised file, of this or of another version? */
export function isQuantisedFormat(file: WeightsFile): boolean {
  return file.metadata.get('format')?.startsWith('effnetc-quantised-') ?? false;
}

export interface QuantisedMetadata {
  /** Name of the graph. */
  readonly model: string;
  readonly rounding: Rounding;
  /** By node name. */
  readonly activations: ReadonlyMap<string, Quantisation>;
  /** The graph that was quantised, as structure.ts writes it. */
  readonly structure: string;
  /** Bits of weights below 8, by node name. */
  readonly narrow: ReadonlyMap<string, SubByteBits>;
  /** Biases are doubles that stand for int64. */
  readonly longBiases?: boolean | undefined;
  readonly quality?: readonly LayerQuality[] | undefined;
}

const counts = z.array(z.int().min(0));

/** What `--json` of `effnetc quantize` says of a tensor. */
const layerQuality = z.strictObject({
  name: z.string(),
  op: z.string(),
  quantisation: z.strictObject({
    scale: z.number().positive().finite(),
    zeroPoint: z.int().min(-128).max(127),
    bits: z.literal(16).optional(),
  }),
  rule: z.string().optional(),
  signalToNoise: z.number().finite().optional(),
  saturation: z.strictObject({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) }),
  values: counts,
  weights: counts.optional(),
  weightBits: z.literal(subByteWidths).optional(),
});

/** The quality of each tensor; undefined for a file without, and null where it cannot be read. */
function decodeQuality(text: string | undefined): readonly LayerQuality[] | undefined | null {
  if (text === undefined) return undefined;
  try {
    return z.array(layerQuality).safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

const encodeSubByte = (narrow: ReadonlyMap<string, SubByteBits>): string =>
  JSON.stringify(Object.fromEntries([...narrow].sort(([a], [b]) => (a < b ? -1 : 1))));

/** The widths by name; none for a file without, and undefined where they cannot be read. */
function decodeSubByte(text: string | undefined): ReadonlyMap<string, SubByteBits> | undefined {
  if (text === undefined) return new Map();
  try {
    const json = parseStrictJson(text, 2, message => {
      throw new SyntaxError(message);
    });
    const entries = objectEntries(json)?.map(([name, value]) => [name, z.literal(subByteWidths).parse(value)] as const);
    return entries === undefined ? undefined : new Map(entries);
  } catch {
    return undefined;
  }
}

const scale = z.number().positive().finite();

/** Scale and zero point; of int16, whose zero point is 0, its bits after them. */
const activation = z.union([
  z.tuple([scale, z.int().min(-128).max(127)]),
  z.tuple([scale, z.literal(0), z.literal(16)]),
]);

/** The metadata as the file has it; activations as JSON with sorted keys, numbers so that they read back exactly. */
export function encodeMetadata({
  model,
  rounding,
  activations,
  structure,
  narrow,
  longBiases = false,
  quality,
}: QuantisedMetadata): Map<string, string> {
  const sorted = [...activations].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([name, { scale, zeroPoint, bits }]) => {
    const numbers = bits === undefined ? [scale, zeroPoint] : [scale, zeroPoint, bits];
    return `${JSON.stringify(name)}:${JSON.stringify(numbers)}`;
  });
  const wide = longBiases || sorted.some(([, { bits }]) => bits === 16);
  return new Map([
    ['activations', `{${entries.join(',')}}`],
    ['format', wide ? wideFormat : narrow.size === 0 ? quantisedFormat : narrowFormat],
    ['model', model],
    ...(quality === undefined ? [] : [['quality', JSON.stringify(quality)] as const]),
    ['rounding', rounding],
    ['structure', structure],
    ...(narrow.size === 0 ? [] : [['weight_bits', encodeSubByte(narrow)] as const]),
  ]);
}

/** Reads the metadata back; reports E0313 for what is missing or not valid, and returns undefined then. */
export function decodeMetadata(file: WeightsFile, session: Session): QuantisedMetadata | undefined {
  let sound = true;
  const problem = (message: string, hint?: string): undefined => {
    sound = false;
    session.error('E0313', `the quantised weights file ${quoteName(file.path)} ${message}`, { hint });
  };
  const format = file.metadata.get('format') ?? '';
  if (!readFormats.includes(format))
    return problem(
      `has the format ${quoteName(format)}, where '${readFormats.join("', '")}' are read`,
      'another version of effnetc wrote it: quantise again',
    );
  const model = file.metadata.get('model') ?? '';
  const structure = file.metadata.get('structure') ?? '';
  const roundingName = file.metadata.get('rounding') ?? '';
  const rounding = roundings.find(name => name === roundingName);
  if (rounding === undefined)
    problem(`has the rounding ${quoteName(roundingName)}, where ${roundings.join(', ')} are known`);
  const activations = new Map<string, Quantisation>();
  let json: unknown;
  try {
    json = parseStrictJson(file.metadata.get('activations') ?? '', 2, message => {
      throw new SyntaxError(message);
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problem(`has activations in its metadata whose JSON ${error.message}`);
  }
  const entries = objectEntries(json);
  if (entries === undefined) return problem('has activations in its metadata that are no JSON object');
  for (const [name, value] of entries) {
    const parsed = activation.safeParse(value);
    if (parsed.success) {
      const [scale, zeroPoint, bits] = parsed.data;
      activations.set(name, { scale, zeroPoint, ...(bits === undefined ? {} : { bits }) });
    } else
      problem(`gives activation ${quoteName(name)} no [scale > 0, zero point in -128..127], and no [scale > 0, 0, 16]`);
  }
  const quality = decodeQuality(file.metadata.get('quality'));
  if (quality === null) return problem('has a quality of its layers in its metadata that cannot be read');
  const narrow = decodeSubByte(file.metadata.get('weight_bits'));
  if (narrow === undefined)
    return problem(`has widths of weights in its metadata that are not ${subByteWidths.join(', ')} bits by name`);
  return sound && rounding !== undefined ? { model, rounding, activations, structure, narrow, quality } : undefined;
}

import { isAbsolute, join, resolve } from 'node:path';
import { fail } from '../diagnostics/diagnostic.js';
import { reducedText } from '../emit/reduced-text.js';
import { quoteName } from '../frontend/arrays/quote.js';
import { type Rounding, signedBits } from '../numeric/requantise.js';
import type { CompiledModel, Goal, LoadedModel, Observe, OrderGoal } from '../pipeline/index.js';
import type { Entry } from '../toolchain/firmware.js';
import type { CommandIo } from './io.js';
import type { JsonObject } from './output.js';

export interface ModelOptions {
  readonly weights?: string;
  readonly rounding?: Rounding;
}

/** A path of the command line, from the directory that the command was given in; as it was given where that is ours. */
export function resolvePath(io: CommandIo, path: string): string {
  return isAbsolute(path) || resolve('.') === io.cwd ? path : join(io.cwd, path);
}

/** Is it a name of the stream that a command prints its result to? */
export function isStandardOutput(io: CommandIo, path: string): boolean {
  return /^\/(dev\/stdout|dev\/fd\/1|proc\/self\/fd\/1)$/.test(resolve(io.cwd, path));
}

/**
 * Refuses files of other frameworks before anything else is asked for.
 * @throws CompileError E0119
 */
export function requireModelFile(model: string): void {
  const [, format] = /\.(h5|keras|pt|pth|pb)$/i.exec(model) ?? [];
  if (format === undefined) return;
  fail('E0119', `${quoteName(model)} cannot be read: importing .${format.toLowerCase()} files is not there yet`, {
    hint: 'export the network as .onnx, or describe the network in a model.ts, and give its parameters with --weights, as .npz or .safetensors',
  });
}

/** --weights, which a model.ts cannot do without. @throws CompileError E0910 */
export function requireWeights({ weights }: ModelOptions, what: string, otherwise = ''): string {
  const hint = `give the ${what} of the model: --weights FILE${otherwise}`;
  return weights ?? fail('E0910', '--weights is missing', { hint });
}

/** Is it a model that brings its weights with it? */
export const isImported = (model: string): boolean => /\.tflite$/i.test(model);

/** Is it one that may need quantised weights all the same? */
export const isOnnx = (model: string): boolean => /\.onnx$/i.test(model);

/** Refuses parameters for a model that has its own. @throws CompileError E0901 */
function refuseWeights(given: '--weights' | '--random-weights', format: string): never {
  return fail('E0901', `${given} cannot be used with ${format}, which has its own weights`, { hint: 'leave it out' });
}

/** The integer graph of `<model> --weights q.safetensors`, or of a `.tflite` or int8 `.onnx`. */
export async function loadModel(
  io: CommandIo,
  model: string,
  options: MeasureOptions,
  otherwise?: string,
  observe?: Observe,
): Promise<LoadedModel> {
  requireModelFile(model);
  const { loadImportedModel, loadOnnxModel, loadQuantisedModel } = await import('../pipeline/index.js');
  if (isOnnx(model)) {
    if (options.randomWeights !== undefined) refuseWeights('--random-weights', 'an .onnx');
    const weights = options.weights === undefined ? undefined : resolvePath(io, options.weights);
    return loadOnnxModel(resolvePath(io, model), weights, io.session, options.rounding, observe);
  }
  if (isImported(model)) {
    if (options.weights !== undefined) refuseWeights('--weights', 'a .tflite');
    if (options.randomWeights !== undefined) refuseWeights('--random-weights', 'a .tflite');
    return loadImportedModel(resolvePath(io, model), io.session, options.rounding, observe);
  }
  const weights = resolvePath(io, requireWeights(options, 'quantised weights', otherwise));
  return loadQuantisedModel({ model: resolvePath(io, model), weights }, io.session, options.rounding, observe);
}

/** Options of commands whose results have a meaning without trained weights: what a network needs, not what it says. */
export interface MeasureOptions extends ModelOptions {
  /** The seed. */
  readonly randomWeights?: number;
}

/** Options of how a model is laid out and called, as compileModel takes them. */
export interface PlanOptions {
  readonly entry?: Entry;
  readonly order?: OrderGoal;
  readonly optimize?: Goal;
  /** The input may be overwritten. */
  readonly consumeInput?: boolean;
  /** Nothing is left out of the network. */
  readonly keepChannels?: boolean;
}

/** Refuses what cannot be had together. @throws CompileError E0901 */
export function requireOneEntry({ entry, consumeInput = false }: PlanOptions): void {
  if (!consumeInput || entry !== 'push-row') return;
  fail('E0901', '--consume-input cannot be used with --entry push-row', {
    notes: ["rows that are pushed one by one stay their caller's; only a whole input can be overwritten"],
    hint: 'leave one of the two out: pushing rows needs no whole input at all',
  });
}

/** What became of --consume-input, in JSON; nothing where it was not given. */
export function consumeFields(
  { consumeInput = false }: PlanOptions,
  { imageBytes }: CompiledModel['plan'],
): JsonObject {
  return consumeInput ? { consumesInput: imageBytes > 0 } : {};
}

/** The same as a line of text. */
export function consumeNote(
  { consumeInput = false }: PlanOptions,
  { imageBytes }: CompiledModel['plan'],
  indent = '',
): string {
  if (!consumeInput) return '';
  if (imageBytes > 0) return `${indent}input  is overwritten, and must be aligned to 4\n`;
  return `${indent}input  is not overwritten, which would save nothing: the C is that without --consume-input\n`;
}

/** The integer graph of `<model> --weights q.safetensors`, or of `<model> --random-weights`. */
export async function loadModelOrRandom(
  io: CommandIo,
  model: string,
  options: MeasureOptions,
  observe?: Observe,
): Promise<LoadedModel> {
  const { randomWeights: seed, rounding } = options;
  if (seed === undefined || isImported(model) || isOnnx(model))
    return loadModel(io, model, options, '; or --random-weights, to measure it before training', observe);
  requireModelFile(model);
  const { randomModel } = await import('../pipeline/index.js');
  const onProgress = (done: number, total: number) => io.progress.update('calibrating', done, total);
  return randomModel(resolvePath(io, model), { seed }, io.session, rounding, onProgress, observe);
}

/** The largest |accumulator| of each layer that has one, over all inputs and with its real weights, and the bits of an int that holds it. */
export function accumulatorFields({ plan }: CompiledModel): JsonObject {
  return {
    accumulators: plan.layers.flatMap(({ node, kernel: { accumulatorBound: bound } }) =>
      bound === undefined ? [] : [{ layer: node.name, bound, bits: signedBits(bound) }],
    ),
  };
}

/** The layer whose accumulators are the largest, as a line of text. */
export function accumulatorNote({ plan }: CompiledModel, indent = ''): string {
  const [first, ...others] = plan.layers.filter(({ kernel }) => kernel.accumulatorBound !== undefined);
  if (first === undefined) return '';
  const boundOf = ({ kernel }: typeof first) => kernel.accumulatorBound ?? 0;
  const worst = others.reduce((a, b) => (boundOf(b) > boundOf(a) ? b : a), first);
  return `${indent}|acc|  at most ${signedBits(boundOf(worst))} bits of 32, in layer ${worst.node.name}\n`;
}

/** What was left out, by layer, in JSON; nothing where all channels are kept on purpose. */
export function reducedFields({ keepChannels = false }: PlanOptions, { reduced }: CompiledModel): JsonObject {
  return keepChannels
    ? {}
    : {
        leftOut: reduced.map(({ name, channels, macs, weights }) => ({
          name,
          channels: { ...channels },
          macs: { ...macs },
          weights: { ...weights },
        })),
      };
}

/** The same as a line of text. */
export function reducedNote({ reduced }: CompiledModel, indent = ''): string {
  if (reduced.length === 0) return '';
  return `${indent}left out: ${reducedText(reduced)}; the result is the same, byte for byte\n`;
}

/** What the JSON says of weights that no training made. */
export function weightsFields({ source: { weights } }: LoadedModel): JsonObject {
  return typeof weights === 'object' ? { weights: 'random', seed: weights.seed } : {};
}

/** The same as a line of text. */
export function weightsNote({ source: { weights } }: LoadedModel): string {
  return typeof weights === 'object' ? `weights are RANDOM (seed ${weights.seed}): the network is not trained\n` : '';
}

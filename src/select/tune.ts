import { createHash } from 'node:crypto';
import { GraphIndex, type IntegerGraph } from '../ir/graph.js';
import { formatShape } from '../ir/tensor.js';
import type { Goal, KernelPlan } from '../kernels/kernel.js';
import type { Target } from '../target/target.js';
import type { Candidate, LayerCandidates } from './candidates.js';
import { type KernelChoice, type Measured, ranked } from './choose.js';
import { type Figure, keyOf, textOf } from './tuning-cache.js';

/** Counts kernels: what tuning needs of compiler and emulator. */
export interface KernelCounter {
  /** Name and version of the compiler; undefined where there is none. */
  compiler(): Promise<string | undefined>;
  /** @throws CompileError E0801 */
  requireCompiler(): Promise<string>;
  /** Instructions of each layer, with one kernel each. @throws CompileError as profileFirmware */
  count(choices: ReadonlyMap<string, KernelChoice>): Promise<readonly number[]>;
}

/** What tuning found. */
export interface Tuning {
  readonly measured: Measured;
  /** All figures: those that were there, and those that are new. */
  readonly figures: readonly Figure[];
  /** How many of them this model takes, how many of these are new, and the SHA-256 of the lines of those taken. */
  readonly taken: number;
  readonly counted: number;
  readonly sha256: string;
}

/** Predictions are within 10 per cent as a rule: kernels that are so near to the best could be better than that. */
const margin = 1.25;

/**
 * Counts kernels in emulation where several of a layer are near the best by prediction, or have none, and no figure is known.
 * Each firmware counts one kernel of every layer, so that it takes as many as a layer has kernels.
 *
 * @param layers the candidates of all layers of `graph`
 * @param known figures of earlier runs; if they are complete, neither compiler nor emulator is needed
 * @throws CompileError what `counter` throws, where something has to be counted
 */
export async function tune(
  graph: IntegerGraph,
  layers: readonly LayerCandidates[],
  target: Pick<Target, 'name'>,
  goal: Goal,
  known: readonly Figure[],
  counter: KernelCounter,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Tuning> {
  const contenders = layers.map(layer => contendersOf(layer, goal));
  const all = contenders.flat();
  const labels = labelsOf(graph, layers);
  const figureOf = (candidate: Candidate, compiler: string): Omit<Figure, 'instructions'> => ({
    target: target.name,
    compiler,
    layer: labels.get(candidate) ?? '',
    kernel: candidate.name,
    digest: digestOf(candidate.plan),
  });
  const compiler = await compilerOf(known, all, figureOf, counter);
  const figures = new Map(known.map(figure => [keyOf(figure), figure]));
  const has = (candidate: Candidate): boolean => figures.has(keyOf(figureOf(candidate, compiler)));
  const missing = contenders.map(list => list.filter(candidate => !has(candidate)));
  const rounds = missing.reduce((most, { length }) => Math.max(most, length), 0);
  let counted = 0;
  for (let round = 0; round < rounds; round++) {
    onProgress(round, rounds);
    const chosen = layers.map((layer, i) => missing[i][round] ?? layer.rows[0]);
    const choices = new Map(layers.map(({ node }, i): [string, KernelChoice] => [node.name, { rows: chosen[i].plan }]));
    const counts = await counter.count(choices);
    for (const [i, instructions] of counts.entries()) {
      if (missing[i][round] === undefined) continue;
      const figure = { ...figureOf(chosen[i], compiler), instructions };
      if (!figures.has(keyOf(figure))) counted++;
      figures.set(keyOf(figure), figure);
    }
  }
  const found = new Set(all.map(candidate => keyOf(figureOf(candidate, compiler))));
  const taken = [...found].flatMap(key => figures.get(key) ?? []).map(textOf);
  return {
    measured: measuredBy(figures, target, compiler),
    figures: [...figures.values()],
    taken: taken.length,
    counted,
    sha256: createHash('sha256').update(taken.sort().join('\n')).digest('hex'),
  };
}

/** The candidates of a layer that could be the best ones, of each way by itself. */
function contendersOf({ rows, accumulate }: LayerCandidates, goal: Goal): Candidate[] {
  return [rows, accumulate].flatMap(way => {
    const list = ranked(way, goal === 'size' ? 'balanced' : goal);
    const least = list.at(0)?.cost.instructions;
    const near = list.filter(
      ({ cost: { instructions } }) =>
        least === undefined || instructions === undefined || instructions <= margin * least,
    );
    return near.length > 1 ? near : [];
  });
}

/** By digest, since the candidates that are compiled later are not the objects that were tuned. */
function measuredBy(
  figures: ReadonlyMap<string, Figure>,
  { name: target }: Pick<Target, 'name'>,
  compiler: string,
): Measured {
  return ({ plan, name: kernel }) =>
    figures.get(keyOf({ target, compiler, layer: '', kernel, digest: digestOf(plan) }))?.instructions;
}

const digests = new WeakMap<KernelPlan, string>();

/** Of all that the code of a kernel follows from, in this version of effnetc. */
export function digestOf(plan: KernelPlan): string {
  let digest = digests.get(plan);
  if (digest === undefined) {
    const { functionName, template, view, tables, helpers, work, scratchBytes, sumsBytes } = plan;
    const content = tables.map(({ suffix, ctype, values }) => ({ suffix, ctype, values: Array.from(values) }));
    const text = JSON.stringify([
      functionName,
      template,
      view,
      content,
      helpers,
      work ?? null,
      scratchBytes,
      sumsBytes,
    ]);
    digest = createHash('sha256').update(text).digest('hex');
    digests.set(plan, digest);
  }
  return digest;
}

/** `conv 8x16x3 -> 8x16x16`, by candidate. */
function labelsOf(graph: IntegerGraph, layers: readonly LayerCandidates[]): ReadonlyMap<Candidate, string> {
  const index = new GraphIndex(graph);
  return new Map(
    layers.flatMap(({ node, rows, accumulate }) => {
      const inputs = index.inputTypes(node).map(({ shape }) => formatShape(shape));
      const label = `${node.op} ${inputs.join(' + ')} -> ${formatShape(node.type.shape)}`;
      return [...rows, ...accumulate].map((candidate): [Candidate, string] => [candidate, label]);
    }),
  );
}

/**
 * Whose code is counted: the compiler that is there. Where there is none, one that all figures are known of, if there is such.
 * @throws CompileError E0801
 */
async function compilerOf(
  known: readonly Figure[],
  all: readonly Candidate[],
  figureOf: (candidate: Candidate, compiler: string) => Omit<Figure, 'instructions'>,
  counter: KernelCounter,
): Promise<string> {
  const keys = new Set(known.map(keyOf));
  const complete = (compiler: string): boolean => all.every(each => keys.has(keyOf(figureOf(each, compiler))));
  const others = [...new Set(known.map(({ compiler }) => compiler))].sort();
  return (await counter.compiler()) ?? others.find(complete) ?? (await counter.requireCompiler());
}

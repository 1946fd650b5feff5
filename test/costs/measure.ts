import { GraphIndex } from '../../src/ir/graph.js';
import { compileModel, kernelCandidates, type LoadedModel } from '../../src/pipeline/index.js';
import { countLayers, type LayerCount } from '../../src/run/profile.js';
import type { Candidate } from '../../src/select/candidates.js';
import type { KernelChoice } from '../../src/select/choose.js';
import { countsOf } from '../../src/select/cost.js';
import type { CostTable } from '../../src/select/load-costs.js';
import type { Target } from '../../src/target/target.js';
import { nonNegativeLeastSquares } from './fit.js';

/** A layer as one of its kernels made it. */
export interface Observation {
  readonly layer: string;
  readonly candidate: Candidate;
  readonly counts: Readonly<Record<string, number>>;
  readonly instructions: number;
  readonly codeBytes: number;
}

/**
 * Counts every layer of a model with each of its kernels.
 *
 * @param known what was counted before, by `prefix`, layer and kernel; takes what is new
 */
export async function observe(
  loaded: LoadedModel,
  target: Target,
  known: Map<string, LayerCount> = new Map(),
  prefix = '',
): Promise<Observation[]> {
  const index = new GraphIndex(loaded.graph);
  const layers = kernelCandidates(loaded, target);
  const all = layers.map(({ rows, accumulate }) => [...rows, ...accumulate]);
  const keyOf = (layer: number, { name }: Candidate): string => `${prefix} ${layers[layer].node.name} ${name}`;
  for (let round = 0; round < Math.max(...all.map(({ length }) => length)); round++) {
    const chosen = all.map(candidates => candidates[Math.min(round, candidates.length - 1)]);
    if (chosen.every((candidate, layer) => known.has(keyOf(layer, candidate)))) continue;
    const choices = new Map(layers.map(({ node }, i): [string, KernelChoice] => [node.name, { rows: chosen[i].plan }]));
    const compiled = compileModel(loaded, target, '0.0.0', { order: 'layers', choose: () => choices });
    for (const [i, count] of (await countLayers(compiled.firmware)).entries()) known.set(keyOf(i, chosen[i]), count);
  }
  return layers.flatMap(({ node }, layer) =>
    all[layer].flatMap((candidate): Observation[] => {
      const shapes = index.inputTypes(node).map(({ shape }) => shape);
      const counts = countsOf(node, shapes, candidate.plan);
      const counted = known.get(keyOf(layer, candidate));
      return counts === undefined || counted === undefined
        ? []
        : [{ layer: keyOf(layer, candidate), candidate, counts, ...counted }];
    }),
  );
}

export type Families = CostTable['families'];

/** Errors of a layer of so many instructions count half. */
const small = 1000;

/** The constants of every family, fitted to what was observed: relative errors count, whatever the size of a layer. */
export function fitFamilies(observations: readonly Observation[]): Families {
  const names = [...new Set(observations.map(familyOf))].sort();
  return Object.fromEntries(
    names.map(name => {
      const own = observations.filter(observation => familyOf(observation) === name);
      const keys = [...new Set(own.flatMap(({ counts }) => Object.keys(counts)))].sort();
      const weighted = own.map(({ counts, instructions }) =>
        keys.map(key => (counts[key] ?? 0) / (instructions + small)),
      );
      const prices = nonNegativeLeastSquares(
        weighted,
        own.map(
          ({ instructions, candidate }) => (instructions - (candidate.plan.work?.known ?? 0)) / (instructions + small),
        ),
      );
      // GCC makes one of two functions that are alike: the other one has no bytes.
      const coded = own.filter(({ codeBytes }) => codeBytes > 0);
      const [layer = 0, unrolled = 0] =
        coded.length === 0
          ? []
          : nonNegativeLeastSquares(
              coded.map(({ candidate }) => [1, candidate.plan.work?.unrolled ?? 0]),
              coded.map(({ codeBytes }) => codeBytes),
            );
      return [
        name,
        {
          code: { layer: Math.round(layer), unrolled: Math.round(unrolled) },
          hundredths: Object.fromEntries(keys.map((key, i) => [key, Math.round(100 * prices[i])])),
        },
      ];
    }),
  );
}

const familyOf = ({ candidate }: Observation): string => candidate.plan.work?.family ?? '';

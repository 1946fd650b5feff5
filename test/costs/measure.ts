import { GraphIndex } from '../../src/ir/graph.js';
import type { Candidate, LayerCandidates } from '../../src/kernels/candidates.js';
import { countsOf } from '../../src/kernels/cost.js';
import type { KernelChoice } from '../../src/kernels/select.js';
import { compileModel, type LoadedModel } from '../../src/pipeline.js';
import { countLayers, type LayerCount } from '../../src/run/profile.js';
import type { CostTable } from '../../src/target/load-costs.js';
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
  const found = new Map<Candidate['plan'], Observation>();
  for (let round = 0, rounds = 1; round < rounds; round++) {
    const chosen: Candidate[] = [];
    const choose = (layers: readonly LayerCandidates[]): ReadonlyMap<string, KernelChoice> =>
      new Map(
        layers.map(({ node, rows, accumulate }) => {
          const all = [...rows, ...accumulate];
          rounds = Math.max(rounds, all.length);
          const candidate = all[Math.min(round, all.length - 1)];
          chosen.push(candidate);
          return [node.name, { rows: candidate.plan }];
        }),
      );
    const compiled = compileModel(loaded, target, '0.0.0', { order: 'layers', choose });
    const keys = compiled.plan.layers.map(({ node }, i) => `${prefix} ${node.name} ${chosen[i].name}`);
    if (!keys.every(key => known.has(key))) {
      for (const [i, count] of (await countLayers(compiled.firmware)).entries()) known.set(keys[i], count);
    }
    const counted = keys.map(key => known.get(key) ?? { instructions: 0, codeBytes: 0 });
    for (const [i, { node }] of compiled.plan.layers.entries()) {
      const candidate = chosen[i];
      const key = `${node.name} ${candidate.name}`;
      const counts = countsOf(
        node,
        index.inputTypes(node).map(({ shape }) => shape),
        candidate.plan,
      );
      if (counts === undefined || [...found.values()].some(({ layer }) => layer === key)) continue;
      found.set(candidate.plan, { layer: key, candidate, counts, ...counted[i] });
    }
  }
  return [...found.values()];
}

export type Families = CostTable['families'];

/** The constants of every family, fitted to what was observed: relative errors count, whatever the size of a layer. */
export function fitFamilies(observations: readonly Observation[]): Families {
  const names = [...new Set(observations.map(familyOf))].sort();
  return Object.fromEntries(
    names.map(name => {
      const own = observations.filter(observation => familyOf(observation) === name);
      const keys = [...new Set(own.flatMap(({ counts }) => Object.keys(counts)))].sort();
      const weighted = own.map(({ counts, instructions }) => keys.map(key => (counts[key] ?? 0) / instructions));
      const prices = nonNegativeLeastSquares(
        weighted,
        own.map(() => 1),
      );
      const [layer, unrolled] = nonNegativeLeastSquares(
        own.map(({ candidate }) => [1, candidate.plan.work?.unrolled ?? 0]),
        own.map(({ codeBytes }) => codeBytes),
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

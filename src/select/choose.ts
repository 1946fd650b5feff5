import { InternalError } from '../diagnostics/diagnostic.js';
import type { IntegerGraph } from '../ir/graph.js';
import type { Goal, KernelPlan } from '../kernels/kernel.js';
import type { IsaFeature } from '../target/target.js';
import { type Candidate, candidatesOf, type LayerCandidates } from './candidates.js';
import type { CostTable } from './load-costs.js';

/** The ways in which a layer may be computed; the planner takes the one that needs less memory. */
export interface KernelChoice {
  /** Makes an output row from rows of the inputs. */
  readonly rows: KernelPlan;
  /** Takes the rows of the input one by one, where the op can. */
  readonly accumulate?: KernelPlan | undefined;
  /** For those who want little RAM: all that there is, both ways, the fastest first. */
  readonly all?: readonly Candidate[] | undefined;
}

/** The kernel plans of every layer, by node name: of the variants whose needs the target meets, the best for the goal. */
export function planKernels(
  graph: IntegerGraph,
  isa: readonly IsaFeature[],
  goal: Goal = 'balanced',
  costs?: CostTable,
): ReadonlyMap<string, KernelChoice> {
  return chooseKernels(candidatesOf(graph, isa, costs), goal);
}

/** The same of candidates that are known. */
export function chooseKernels(
  layers: readonly LayerCandidates[],
  goal: Goal,
  measured: Measured = () => undefined,
): ReadonlyMap<string, KernelChoice> {
  return new Map(
    layers.map(({ node, rows, accumulate }) => {
      const [best] = ranked(rows, goal, measured);
      if (best === undefined) throw new InternalError(`${node.op} has no kernel`);
      const all = goal === 'ram' ? ranked([...rows, ...accumulate], goal, measured) : undefined;
      return [node.name, { rows: best.plan, accumulate: ranked(accumulate, goal, measured).at(0)?.plan, all }];
    }),
  );
}

/** Instructions of a candidate that were measured, and go before those that are predicted. */
export type Measured = (candidate: Candidate) => number | undefined;

/**
 * The candidates that the goal allows, best first. `size` looks at bytes of code and tables, and lets a larger kernel pay for
 * them with speed; all others look at instructions. Where something is not known of a candidate, the order of the variants
 * decides.
 */
export function ranked(
  candidates: readonly Candidate[],
  goal: Goal,
  measured: Measured = () => undefined,
): readonly Candidate[] {
  const allowed = candidates.filter(({ plan }) => goal === 'speed' || plan.forSpeed !== true);
  const speeds = comparable(allowed.map(candidate => measured(candidate) ?? candidate.cost.instructions));
  const code = comparable(allowed.map(({ cost }) => cost.codeBytes));
  const bytes = goal === 'size' ? allowed.map(({ cost }, i) => cost.tableBytes + code[i]) : allowed.map(() => 0);
  const prices = goal === 'size' ? withSpeed(bytes, speeds) : bytes;
  return allowed
    .map((candidate, i) => ({ candidate, i }))
    .sort((a, b) => prices[a.i] - prices[b.i] || speeds[a.i] - speeds[b.i] || a.i - b.i)
    .map(({ candidate }) => candidate);
}

/** What a kernel may take more of flash, bytes and parts of the least that there is, if it halves the instructions of a layer. */
const bytesOfHalf = 256;
const partOfHalf = 0.02;

/** Bytes of kernels, and what others would be allowed for being faster. */
function withSpeed(bytes: readonly number[], speeds: readonly number[]): readonly number[] {
  const least = bytes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const fastest = speeds.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return bytes.map((own, i) => own + doublings(speeds[i], fastest) * (bytesOfHalf + partOfHalf * least));
}

/** How often `from` is doubled to make `to`, between powers of two in proportion: no logarithm, so that it is the same everywhere. */
export function doublings(to: number, from: number): number {
  let [times, ratio] = [0, from > 0 ? to / from : 1];
  for (; ratio >= 2; ratio /= 2) times++;
  return times + ratio - 1;
}

/** All of them, or nothing but zeros where one is not known: what is measured is not compared with what is not. */
function comparable(values: readonly (number | undefined)[]): readonly number[] {
  const known = values.filter(value => value !== undefined);
  return known.length === values.length ? known : values.map(() => 0);
}

/** All candidates of a layer, both ways. */
export const allOf = ({ rows, accumulate }: LayerCandidates): readonly Candidate[] => [...rows, ...accumulate];

/** The candidate whose plan it is. */
export function chosenAmong(layer: LayerCandidates, plan: KernelPlan): Candidate | undefined {
  return allOf(layer).find(candidate => candidate.plan === plan);
}

const instructions = ({ cost }: Candidate, tuned: number | undefined): number | undefined => tuned ?? cost.instructions;

/** Why a layer has the kernel that it has, in a few words. */
export function whyChosen(layer: LayerCandidates, chosen: Candidate, goal: Goal, measured: Measured): string {
  const way = layer.accumulate.includes(chosen) ? layer.accumulate : layer.rows;
  const sums = way === layer.accumulate ? 'less RAM as sums; ' : '';
  const list = ranked(goal === 'ram' ? allOf(layer) : way, goal, measured);
  if (list.length === 1) return `${sums}the only one that suits`;
  if (list[0] !== chosen) return 'less RAM of the whole plan';
  const known = list.every(candidate => instructions(candidate, measured(candidate)) !== undefined);
  if (!known) return `${sums}the first of its kind: what others take on this core is not known`;
  if (goal === 'size') return `${sums}fewest bytes of code and tables for its speed`;
  return `${sums}fewest instructions${measured(chosen) === undefined ? '' : ', measured'}`;
}

/** Why a candidate was not chosen. */
export function whyNot(candidate: Candidate, chosen: Candidate, goal: Goal, measured: Measured): string {
  if (candidate.plan.forSpeed === true && goal !== 'speed') return 'weights take more flash: for --optimize speed';
  const [own, best] = [candidate, chosen].map(each => instructions(each, measured(each)));
  return own === undefined || best === undefined || best === 0 ? '' : `${(own / best).toFixed(2)} x`;
}

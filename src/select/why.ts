import type { Goal, KernelPlan } from '../kernels/kernel.js';
import type { Candidate, LayerCandidates } from './candidates.js';
import { type Measured, ranked } from './choose.js';

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

/** What a candidate that was not taken has against it. */
export function whyNot(candidate: Candidate, chosen: Candidate, goal: Goal, measured: Measured): string {
  if (candidate.plan.forSpeed === true && goal !== 'speed') return 'weights take more flash: for --optimize speed';
  const [own, best] = [candidate, chosen].map(each => instructions(each, measured(each)));
  return own === undefined || best === undefined || best === 0 ? '' : `${(own / best).toFixed(2)} x`;
}

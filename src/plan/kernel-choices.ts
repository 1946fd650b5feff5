import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import type { KernelPlan } from '../kernels/kernel.js';
import type { Candidate } from '../select/candidates.js';
import { doublings, type KernelChoice } from '../select/choose.js';
import { LiveMemory } from './live-memory.js';
import { demandDriven, layerByLayer, peakOf } from './orders.js';
import { type OrderGoal, searchLimit } from './plan-rows.js';
import type { RowProgram } from './row-program.js';
import { searchOrder } from './search.js';

/** The kernel of every layer, by node name. */
export type Kernels = ReadonlyMap<string, KernelPlan>;

/** Kernels for a whole network, and what they take as far as that is known. */
export interface KernelSet {
  readonly kernels: Kernels;
  /** Predicted, of the layers that had a choice. */
  readonly instructions: number | undefined;
}

/**
 * Which way each layer is computed, where that is for memory to decide. Several choices where little RAM is wanted: live
 * bytes are what is looked at here, and the arena can be larger, so that the caller has to see how each is placed.
 */
export function kernelChoices(
  graph: IntegerGraph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal,
  rowsOf: (kernels: Kernels) => RowProgram,
): readonly KernelSet[] {
  const peakWith = (kernels: Kernels): number => {
    const program = rowsOf(kernels);
    const memory = new LiveMemory(program);
    if (goal !== 'search') return peakOf(memory, goal === 'layers' ? layerByLayer(program) : demandDriven(program));
    return searchOrder(memory, [demandDriven(program), layerByLayer(program)], searchLimit / 10).peak;
  };
  const index = new GraphIndex(graph);
  const fast = rowsOrSums(index, choices, peakWith);
  const layers = [...choices].flatMap(([name, { sparing }]) => (sparing === undefined ? [] : [{ name, sparing }]));
  if (layers.length === 0) return [{ kernels: fast, instructions: undefined }];
  const slim = slimmest(index, layers, peakWith);
  const [least, most] = [peakWith(slim), peakWith(fast)];
  const between = levels.map(part => least + Math.floor(part * (most - least)));
  const peaks = [...new Set([least, ...(most > least ? between : [])])];
  return [...peaks.map(peak => fasterWithin(layers, slim, peak, peakWith)), slim, fast].map(kernels => ({
    kernels,
    instructions: sumOf(layers, kernels),
  }));
}

/** Peaks of live bytes that are tried, from the least that there is to that of the fastest kernels. */
const levels = [1 / 2];

/** A plan that takes twice the instructions of another has to save this part of its arena. */
const partOfDouble = 1 / 8;

/**
 * The plan that is worth its instructions: of all, that with the smallest arena, if for each doubling of the instructions of the
 * fastest an eighth is added to it. Where instructions are not known, the smallest arena; of equals the first.
 *
 * @param plans the last one is the usual one: whatever has a larger arena is not looked at
 */
export function worthwhile<T extends { readonly instructions: number | undefined; readonly arenaBytes: number }>(
  plans: readonly T[],
): T {
  const usual = plans[plans.length - 1];
  const slim = plans.filter(({ arenaBytes }) => arenaBytes <= usual.arenaBytes);
  const known = slim.flatMap(({ instructions }) => instructions ?? []);
  const fastest = known.length === slim.length ? known.reduce((a, b) => Math.min(a, b)) : undefined;
  const price = ({ instructions, arenaBytes }: T): number =>
    fastest === undefined || instructions === undefined
      ? arenaBytes
      : arenaBytes * (1 + partOfDouble * doublings(instructions, fastest));
  return slim.reduce((a, b) => (price(b) < price(a) ? b : a));
}

function sumOf(layers: readonly SparingLayer[], kernels: Kernels): number | undefined {
  let sum = 0;
  for (const { name, sparing } of layers) {
    const instructions = sparing.find(({ plan }) => plan === kernels.get(name))?.cost.instructions;
    if (instructions === undefined) return undefined;
    sum += instructions;
  }
  return sum;
}

/**
 * For layers that can take their input row by row: whether that is better than to have the input whole. Starts from what
 * takes less by itself, then tries the other way of each layer, and keeps those that lower the peak of live bytes.
 */
function rowsOrSums(
  index: GraphIndex,
  choices: ReadonlyMap<string, KernelChoice>,
  peakWith: (kernels: Kernels) => number,
): Kernels {
  const chosen = new Map<string, KernelPlan>();
  const open: { readonly name: string; readonly ways: readonly [KernelPlan, KernelPlan] }[] = [];
  for (const [name, { rows, accumulate }] of choices) {
    chosen.set(name, rows);
    if (accumulate === undefined) continue;
    open.push({ name, ways: [rows, accumulate] });
    if (ownBytes(index.node(name), index, accumulate) < ownBytes(index.node(name), index, rows)) {
      chosen.set(name, accumulate);
    }
  }
  let peak = open.length === 0 ? 0 : peakWith(chosen);
  for (const { name, ways } of open) {
    const before = chosen.get(name);
    const other = ways.find(way => way !== before);
    if (before === undefined || other === undefined) continue;
    chosen.set(name, other);
    const now = peakWith(chosen);
    if (now < peak) peak = now;
    else chosen.set(name, before);
  }
  return chosen;
}

/** Bytes that a kernel keeps besides rows that it has in any case: sums, or all rows of the input but one. */
function ownBytes(node: Node, index: GraphIndex, { sumsBytes }: KernelPlan): number {
  const [{ shape }] = index.inputTypes(node);
  return sumsBytes ?? (shape.height - 1) * shape.width * shape.channels;
}

interface SparingLayer {
  readonly name: string;
  /** The fastest first. */
  readonly sparing: readonly Candidate[];
}

/** Of each layer what takes least by itself; then whatever else lowers the peak of live bytes. */
function slimmest(
  index: GraphIndex,
  layers: readonly SparingLayer[],
  peakWith: (kernels: Kernels) => number,
): ReadonlyMap<string, KernelPlan> {
  const chosen = new Map<string, KernelPlan>();
  for (const { name, sparing } of layers) {
    const node = index.node(name);
    const bytes = (plan: KernelPlan): number =>
      (sparing.some(({ plan }) => plan.sumsBytes !== undefined) ? ownBytes(node, index, plan) : 0) +
      (plan.scratchBytes ?? 0);
    chosen.set(
      name,
      sparing.map(({ plan }) => plan).reduce((a, b) => (bytes(b) < bytes(a) ? b : a)),
    );
  }
  let peak = peakWith(chosen);
  for (const { name, sparing } of layers) {
    for (const { plan } of sparing) {
      const before = chosen.get(name);
      if (before === undefined || plan === before || alike(plan, before)) continue;
      chosen.set(name, plan);
      const now = peakWith(chosen);
      if (now < peak) peak = now;
      else chosen.set(name, before);
    }
  }
  return chosen;
}

/**
 * Faster kernels wherever live bytes stay within `peak`, in the order of the instructions that they save: a layer
 * that takes long is the first to get what it wants of the bytes that there are.
 */
function fasterWithin(
  layers: readonly SparingLayer[],
  slim: Kernels,
  peak: number,
  peakWith: (kernels: Kernels) => number,
): ReadonlyMap<string, KernelPlan> {
  const chosen = new Map(slim);
  const steps = layers.flatMap(({ name, sparing }) => {
    const at = sparing.findIndex(({ plan }) => plan === slim.get(name));
    return sparing.slice(0, at).map((candidate, rank) => ({
      name,
      candidate,
      rank,
      saved: (sparing[at].cost.instructions ?? 0) - (candidate.cost.instructions ?? 0),
    }));
  });
  const done = new Set<string>();
  for (const { name, candidate } of steps.sort((a, b) => b.saved - a.saved || a.rank - b.rank)) {
    const before = chosen.get(name);
    if (before === undefined || done.has(name)) continue;
    chosen.set(name, candidate.plan);
    if (peakWith(chosen) <= peak) done.add(name);
    else chosen.set(name, before);
  }
  return chosen;
}

/** Does the planner see no difference? */
const alike = (a: KernelPlan, b: KernelPlan): boolean =>
  a.sumsBytes === b.sumsBytes && a.scratchBytes === b.scratchBytes && a.overlays?.join() === b.overlays?.join();

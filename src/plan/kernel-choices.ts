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
 * Chooses kernels by the RAM that they need. Usually there is one question for each layer: does it read its whole input, or add up
 * rows as they come (`accumulate`)? For `--optimize ram` every candidate of every layer is open, and several sets of kernels are
 * returned, from least RAM to fastest. They are compared by live bytes here; the arena can be larger, so the caller plans each set.
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
  const layers = [...choices].flatMap(([name, { all }]) => (all === undefined ? [] : [{ name, all }]));
  if (layers.length === 0) return [{ kernels: fast, instructions: undefined }];
  const least = leastRam(index, layers, peakWith);
  const [leastPeak, mostPeak] = [peakWith(least), peakWith(fast)];
  const between = levels.map(part => leastPeak + Math.floor(part * (mostPeak - leastPeak)));
  const peaks = [...new Set([leastPeak, ...(mostPeak > leastPeak ? between : [])])];
  return [...peaks.map(peak => fasterWithin(layers, least, peak, peakWith)), least, fast].map(kernels => ({
    kernels,
    instructions: sumOf(layers, kernels),
  }));
}

/** Peaks of live bytes to aim at, as parts of the way from the least peak to the peak of the fastest kernels. */
const levels = [1 / 2];

/** A plan with twice the instructions of another must save this part of the arena. */
const partOfDouble = 1 / 8;

/**
 * The plan that saves enough RAM for its instructions. The price of a plan is its arena, plus an eighth of that for each doubling of the
 * instructions of the fastest plan; the lowest price wins, and of equal ones the first. Where instructions are unknown, the smallest
 * arena wins.
 *
 * @param plans the last one is the usual plan: plans with a larger arena than that are left out
 */
export function worthwhile<T extends { readonly instructions: number | undefined; readonly arenaBytes: number }>(
  plans: readonly T[],
): T {
  const usual = plans[plans.length - 1];
  const small = plans.filter(({ arenaBytes }) => arenaBytes <= usual.arenaBytes);
  const known = small.flatMap(({ instructions }) => instructions ?? []);
  const fastest = known.length === small.length ? known.reduce((a, b) => Math.min(a, b)) : undefined;
  const price = ({ instructions, arenaBytes }: T): number =>
    fastest === undefined || instructions === undefined
      ? arenaBytes
      : arenaBytes * (1 + partOfDouble * doublings(instructions, fastest));
  return small.reduce((a, b) => (price(b) < price(a) ? b : a));
}

function sumOf(layers: readonly OpenLayer[], kernels: Kernels): number | undefined {
  let sum = 0;
  for (const { name, all } of layers) {
    const instructions = all.find(({ plan }) => plan === kernels.get(name))?.cost.instructions;
    if (instructions === undefined) return undefined;
    sum += instructions;
  }
  return sum;
}

/**
 * Whole input or sums of rows, for each layer that can do both. Starts with what keeps fewer bytes in each layer alone. Then it
 * tries the other way, layer by layer, and keeps it where the peak of live bytes gets lower.
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

/** Bytes that a way of computing keeps between rows: the sums, or all rows of the input but one. */
function ownBytes(node: Node, index: GraphIndex, { sumsBytes }: KernelPlan): number {
  const [{ shape }] = index.inputTypes(node);
  return sumsBytes ?? (shape.height - 1) * shape.width * shape.channels;
}

interface OpenLayer {
  readonly name: string;
  /** The fastest first. */
  readonly all: readonly Candidate[];
}

/** The kernels with the least RAM. Starts with the least of each layer alone; then keeps every change that lowers the peak of live bytes. */
function leastRam(
  index: GraphIndex,
  layers: readonly OpenLayer[],
  peakWith: (kernels: Kernels) => number,
): ReadonlyMap<string, KernelPlan> {
  const chosen = new Map<string, KernelPlan>();
  for (const { name, all } of layers) {
    const node = index.node(name);
    const bytes = (plan: KernelPlan): number =>
      (all.some(({ plan }) => plan.sumsBytes !== undefined) ? ownBytes(node, index, plan) : 0) +
      (plan.scratchBytes ?? 0);
    chosen.set(
      name,
      all.map(({ plan }) => plan).reduce((a, b) => (bytes(b) < bytes(a) ? b : a)),
    );
  }
  let peak = peakWith(chosen);
  for (const { name, all } of layers) {
    for (const { plan } of all) {
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
 * Replaces kernels with little RAM by faster ones as long as live bytes stay within `peak`. The replacement that saves most
 * instructions is tried first, so that the slowest layers get the bytes that are left.
 */
function fasterWithin(
  layers: readonly OpenLayer[],
  least: Kernels,
  peak: number,
  peakWith: (kernels: Kernels) => number,
): ReadonlyMap<string, KernelPlan> {
  const chosen = new Map(least);
  const steps = layers.flatMap(({ name, all }) => {
    const at = all.findIndex(({ plan }) => plan === least.get(name));
    return all.slice(0, at).map((candidate, rank) => ({
      name,
      candidate,
      rank,
      saved: (all[at].cost.instructions ?? 0) - (candidate.cost.instructions ?? 0),
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

/** Are they the same for the planner? */
const alike = (a: KernelPlan, b: KernelPlan): boolean =>
  a.sumsBytes === b.sumsBytes && a.scratchBytes === b.scratchBytes && a.overlays?.join() === b.overlays?.join();

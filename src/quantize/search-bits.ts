import { fail } from '../diagnostics/diagnostic.js';
import { bytesOf, narrowerStates, narrowingStates, rulesOf, type Widths, widened } from './narrowing-steps.js';
import type { LayerSensitivity, LayerWidth } from './sensitivity.js';
import type { WeightBitsRule } from './weight-bits.js';

/** What the bits of weights are searched for; both may be given. */
export interface BitsGoal {
  /** Part of labelled images that must be right. */
  readonly minAccuracy?: number | undefined;
  /** Bytes that all weights may take. */
  readonly maxBytes?: number | undefined;
}

/** Tells how good the network is that such widths make. */
export interface AccuracyMeter {
  /** Of the network as it would be written, on all labelled images. The first call is of the widest weights. */
  measure(rules: readonly WeightBitsRule[]): Promise<number>;
  /** The same, sooner and not quite so exactly: near to `wanted` it must be better than far from it. */
  estimate(rules: readonly WeightBitsRule[], wanted: number): Promise<number>;
}

export interface MeasuredBits {
  readonly bytes: number;
  readonly accuracy: number;
}

export interface FoundBits {
  readonly layers: readonly { readonly layer: string; readonly width: LayerWidth }[];
  readonly bytes: number;
  /** Of the network that was found; where accuracy was asked for. */
  readonly accuracy?: number | undefined;
  /** What was only looked at on the way, in order. */
  readonly estimated: readonly MeasuredBits[];
  /** What was measured. */
  readonly measured: readonly MeasuredBits[];
}

/** States next to the one found by halving that are looked at, and those that are measured in the end. */
const mostLooks = 12;
const mostMeasured = 6;

/**
 * The fewest bytes that meet the goal. Accuracy is taken to fall along the greedy order, so that a few states of it are looked at: by
 * halving. From the one that is found, layers are narrowed one by one as long as that does no harm, the most bytes first. What is
 * returned has been measured, whatever the estimates were.
 * @param onState which state is looked at, of how many at most
 * @param wide layers whose activations are int16 in all of them, for messages
 * @throws CompileError E0507 when the goal cannot be met
 */
export async function searchBits(
  layers: readonly LayerSensitivity[],
  goal: BitsGoal,
  meter: AccuracyMeter,
  onState: (done: number, total: number) => void = () => {},
  wide: readonly string[] = [],
): Promise<FoundBits> {
  const { minAccuracy } = goal;
  const states = allowedStates(layers, goal);
  if (minAccuracy === undefined) return found(states[0], undefined, new Looks());
  const looks = new Looks();
  const total = 1 + Math.ceil(Math.log2(states.length)) + mostLooks + mostMeasured;
  const measure = async (state: Widths) => {
    onState(looks.count + 1, total);
    return looks.add('measured', state, await meter.measure(rulesOf(state)));
  };
  const estimate = async (state: Widths) => {
    onState(looks.count + 1, total);
    return looks.add('estimated', state, await meter.estimate(rulesOf(state), minAccuracy));
  };
  const passes = async (state: Widths) => (looks.estimateOf(state) ?? (await estimate(state))) >= minAccuracy;
  const most = await measure(states[0]);
  if (most < minAccuracy) return refuseAccuracy(most, minAccuracy, bytesOf(states[0]), wide);
  await narrowOneByOne(layers, await halve(states, passes), passes);
  return found(...(await confirm(states[0], most, minAccuracy, looks, measure)), looks);
}

/** States with as few bytes as are allowed, the widest weights first. @throws CompileError E0507 when there are none */
export function allowedStates(
  layers: readonly LayerSensitivity[],
  { maxBytes = Number.POSITIVE_INFINITY }: BitsGoal,
): readonly [Widths, ...Widths[]] {
  const all = narrowingStates(layers);
  const [first, ...others] = all.filter(state => bytesOf(state) <= maxBytes);
  if (first === undefined) return refuseBytes(bytesOf(all[all.length - 1]), maxBytes);
  // With bytes to spare there is something better than the first state that fits.
  const widest = widened(layers, first, maxBytes);
  return bytesOf(widest) > bytesOf(first) ? [widest, first, ...others] : [first, ...others];
}

/** The last state that passes, when the first one does and they get worse. */
async function halve(states: readonly Widths[], passes: (state: Widths) => Promise<boolean>): Promise<Widths> {
  let [good, bad] = [0, states.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await passes(states[middle])) good = middle;
    else bad = middle;
  }
  return states[good];
}

/** Narrows a layer at a time while that passes. What has failed once is not tried again: with others narrower it is no better. */
async function narrowOneByOne(
  layers: readonly LayerSensitivity[],
  from: Widths,
  passes: (state: Widths) => Promise<boolean>,
): Promise<void> {
  const failed = new Set<LayerWidth>();
  let state = from;
  for (let looks = 0; looks < mostLooks; looks++) {
    const next = narrowerStates(layers, state).find(each => ![...each.values()].some(width => failed.has(width)));
    if (next === undefined) return;
    if (await passes(next)) state = next;
    else for (const [layer, width] of next) if (state.get(layer) !== width) failed.add(width);
  }
}

/**
 * Measures what was estimated to be good enough, the fewest bytes first. Estimates are corrected by what the last measurement has
 * shown of them, so that one that was too high or too low in general leads to few further measurements.
 * @param first has passed already
 */
async function confirm(
  first: Widths,
  accuracy: number,
  minAccuracy: number,
  looks: Looks,
  measure: (state: Widths) => Promise<number>,
): Promise<[Widths, number]> {
  let [best, bestAccuracy, correction] = [first, accuracy, 0];
  const left = [...looks.states].sort(([a], [b]) => bytesOf(a) - bytesOf(b));
  for (let count = 0; count < mostMeasured; count++) {
    const at = left.findIndex(
      ([state, estimate]) => estimate + correction >= minAccuracy && bytesOf(state) < bytesOf(best),
    );
    if (at < 0) break;
    const [[state, estimate]] = left.splice(at, 1);
    const measured = await measure(state);
    if (measured >= minAccuracy) [best, bestAccuracy] = [state, measured];
    correction = measured - estimate;
  }
  return [best, bestAccuracy];
}

/** What was looked at, and how good it was. */
class Looks {
  readonly states: [state: Widths, estimate: number][] = [];
  readonly estimated: MeasuredBits[] = [];
  readonly measured: MeasuredBits[] = [];

  get count(): number {
    return this.estimated.length + this.measured.length;
  }

  add(kind: 'estimated' | 'measured', state: Widths, accuracy: number): number {
    this[kind].push({ bytes: bytesOf(state), accuracy });
    if (kind === 'estimated') this.states.push([state, accuracy]);
    return accuracy;
  }

  estimateOf(state: Widths): number | undefined {
    return this.states.find(([known]) => [...state].every(([layer, width]) => known.get(layer) === width))?.[1];
  }
}

function found(state: Widths, accuracy: number | undefined, { estimated, measured }: Looks): FoundBits {
  const layers = [...state].map(([layer, width]) => ({ layer, width }));
  return { layers, bytes: bytesOf(state), accuracy, estimated, measured };
}

function refuseBytes(least: number, wanted: number): never {
  return fail('E0507', `the weights take ${least} bytes where they are narrowest, more than the ${wanted} wanted`, {
    hint: 'allow more bytes, or make the network smaller',
  });
}

function refuseAccuracy(best: number, wanted: number, bytes: number, wide: readonly string[]): never {
  const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;
  return fail('E0507', `${percent(best)} of the images are right, fewer than the ${percent(wanted)} wanted`, {
    notes: [
      `with weights of ${bytes} bytes, the widest that are allowed`,
      ...(wide.length > 0 ? [`with int16 activations of ${wide.join(', ')}`] : []),
    ],
    hint: 'allow a lower accuracy or more bytes; more calibration images may help',
  });
}

import type { FloatNetwork, FloatTensors } from '../interpreter/float-network.js';
import { yieldRegularly } from '../interpreter/yield.js';
import { GraphIndex, type Node } from '../ir/graph.js';
import type { Quantisation } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';
import { opOf } from '../ops/index.js';
import type { Histogram } from './histogram.js';
import { declaredQuantisation } from './inputs.js';
import { rangeRules } from './ranges.js';

/** A chosen range, and by which rule. */
export interface ChosenRange {
  readonly quantisation: Quantisation;
  readonly rule: string;
}

/** Does the quantisation of this tensor have to be found? */
export function needsRange(node: Node): boolean {
  const { integerResult, keepsQuantisation, fixedQuantisation, source } = opOf(node).traits;
  if (integerResult || keepsQuantisation || fixedQuantisation !== undefined) return false;
  return !(source && declaredQuantisation(node) !== undefined);
}

/**
 * A range for each tensor that needs one: of what the rules propose, that which changes the network's result least when this
 * tensor alone is quantised; measured on `probes`, all tensors of a few images.
 * @param wide the quantisation of int16 tensors, which hold all that was seen
 */
export async function chooseRanges(
  network: FloatNetwork,
  histograms: ReadonlyMap<string, Histogram>,
  probes: readonly FloatTensors[],
  rules = rangeRules,
  wide: ReadonlyMap<string, Quantisation> = new Map(),
  onTensor: (done: number, total: number) => void = () => {},
): Promise<ReadonlyMap<string, ChosenRange>> {
  const yieldNow = yieldRegularly();
  const chosen = new Map<string, ChosenRange>();
  const nodes = network.graph.nodes.filter(needsRange);
  for (const node of nodes) {
    const histogram = histograms.get(node.name);
    if (histogram === undefined) continue;
    const int16 = wide.get(node.name);
    const candidates = int16
      ? [{ rule: 'min-max', quantisation: int16 }]
      : distinct(rules.map(rule => ({ rule: rule.name, quantisation: rule.choose(histogram) })));
    let best = { range: candidates[0], error: Number.POSITIVE_INFINITY };
    if (candidates.length > 1) {
      for (const range of candidates) {
        const error = await errorOfResult(network, probes, node.name, range.quantisation, yieldNow);
        if (error < best.error) best = { range, error };
      }
    }
    chosen.set(node.name, best.range);
    onTensor(chosen.size, nodes.length);
  }
  return chosen;
}

function distinct(ranges: readonly ChosenRange[]): readonly ChosenRange[] {
  const same = (a: Quantisation, b: Quantisation) => a.scale === b.scale && a.zeroPoint === b.zeroPoint;
  return ranges.filter((range, i) => ranges.findIndex(other => same(other.quantisation, range.quantisation)) === i);
}

/** The tensor that counts: the result, or what it is the largest of. */
export function resultName(network: FloatNetwork): string {
  const index = new GraphIndex(network.graph);
  const output = index.node(network.graph.output);
  return opOf(output).traits.integerResult ? output.inputs[0] : output.name;
}

/** Sum of squared differences of the network's result when one tensor is rounded to int8 and back. */
export async function errorOfResult(
  network: FloatNetwork,
  probes: readonly FloatTensors[],
  name: string,
  { scale, zeroPoint }: Quantisation,
  yieldNow: () => Promise<void>,
): Promise<number> {
  const result = resultName(network);
  let sum = 0;
  for (const probe of probes) {
    const exact = probe.get(name);
    if (exact === undefined) continue;
    const rounded = new Float32Array(exact.length);
    for (let i = 0; i < exact.length; i++) {
      rounded[i] = scale * (clamp(Math.round(exact[i] / scale) + zeroPoint, -128, 127) - zeroPoint);
    }
    const changed = network.runFrom(probe, new Map([[name, rounded]])).get(result);
    const before = probe.get(result);
    if (changed === undefined || before === undefined) continue;
    for (let i = 0; i < changed.length; i++) sum += (changed[i] - before[i]) ** 2;
    await yieldNow();
  }
  return sum;
}

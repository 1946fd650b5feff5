import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import { kernelsOf } from '../kernels/index.js';
import { isPlan, type KernelInput, type KernelPlan, type KernelVariant, offersOf } from '../kernels/kernel.js';
import { opOf } from '../ops/index.js';
import type { IsaFeature } from '../target/target.js';
import { type Cost, costOf } from './cost.js';
import type { CostTable } from './load-costs.js';

/** A kernel that could make a layer, and what it would take. */
export interface Candidate {
  /** Variant and form: `dsp 2x2`. */
  readonly name: string;
  readonly plan: KernelPlan;
  readonly cost: Cost;
}

/** A variant, or one of its forms, that has no kernel for a layer. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** What there is for a layer; the kernels in the order of the op's variants, the one that is fastest as a rule first. */
export interface LayerCandidates {
  readonly node: Node;
  /** Make an output row from rows of the inputs. */
  readonly rows: readonly Candidate[];
  /** Take the rows of the input one by one. */
  readonly accumulate: readonly Candidate[];
  readonly refused: readonly Refusal[];
}

/** Does the kernel keep sub-byte weights in whole bytes? That is faster, and not what they are packed for. */
const unpacked = ({ constants }: Node, { tables }: KernelPlan): boolean =>
  constants.weight?.bits !== undefined &&
  tables.every(({ narrow, sparse }) => narrow === undefined && sparse === undefined);

/** The kernels of every layer whose instructions the target has. */
export function candidatesOf(
  graph: IntegerGraph,
  isa: readonly IsaFeature[],
  costs: CostTable | undefined,
): LayerCandidates[] {
  const index = new GraphIndex(graph);
  return graph.nodes.flatMap((node): LayerCandidates[] => {
    if (opOf(node).traits.source === true) return [];
    const inputs = node.inputs.map((name): KernelInput => {
      const producer = index.node(name);
      return { ...producer.type, aligned: opOf(producer).traits.source !== true };
    });
    const shapes = inputs.map(({ shape }) => shape);
    const refused: Refusal[] = [];
    const planned = (variants: readonly KernelVariant[]): Candidate[] =>
      variants.flatMap(variant =>
        offersOf(variant, node, inputs).flatMap((offer): Candidate[] => {
          if (!isPlan(offer)) {
            refused.push({ name: variant.name, reason: offer.unsuited });
            return [];
          }
          const name = offer.configuration === undefined ? variant.name : `${variant.name} ${offer.configuration}`;
          const plan = unpacked(node, offer) ? { ...offer, forSpeed: true as const } : offer;
          return [{ name, plan, cost: costOf(node, shapes, plan, costs) }];
        }),
      );
    const { rows, accumulate } = kernelsOf(node.op, isa);
    return [{ node, rows: planned(rows), accumulate: planned(accumulate), refused }];
  });
}

import type { CompiledModel } from '../pipeline/index.js';
import type { ProfileResult } from '../run/profile.js';
import { allOf, chosenAmong, whyChosen, whyNot } from '../select/choose.js';

/** A kernel that could make the layer; bytes of flash and RAM. */
export type ExplainedCandidate = {
  readonly kernel: string;
  readonly chosen: boolean;
  /** Predicted instructions; null where the cost table of the core does not say. */
  readonly predicted: number | null;
  readonly codeBytes: number | null;
  readonly tableBytes: number;
  /** Scratch, and sums where it keeps some. */
  readonly scratchBytes: number;
  readonly why: string;
};

/** Why a layer has its kernel. */
export type ExplainedLayer = {
  readonly layer: string;
  readonly op: string;
  readonly kernel: string;
  readonly why: string;
  readonly predicted: number | null;
  readonly measured: number;
  readonly candidates: readonly ExplainedCandidate[];
  /** Kernels of the core that do not suit the layer. */
  readonly unsuited: readonly { readonly kernel: string; readonly reason: string }[];
};

/** The candidates of every layer, what was chosen and why, and what it took. */
export function explainReport(
  { plan, candidates, optimize, tuned }: CompiledModel,
  { layerInstructions }: ProfileResult,
): ExplainedLayer[] {
  const byName = new Map(candidates.map(layer => [layer.node.name, layer]));
  return plan.layers.flatMap(({ node, kernel }, i): ExplainedLayer[] => {
    const layer = byName.get(node.name);
    const chosen = layer === undefined ? undefined : chosenAmong(layer, kernel);
    if (layer === undefined || chosen === undefined) return [];
    const why = whyChosen(layer, chosen, optimize, tuned);
    return [
      {
        layer: node.name,
        op: node.op,
        kernel: chosen.name,
        why,
        predicted: chosen.cost.instructions ?? null,
        measured: layerInstructions[i],
        candidates: allOf(layer).map(candidate => ({
          kernel: candidate.name,
          chosen: candidate === chosen,
          predicted: candidate.cost.instructions ?? null,
          codeBytes: candidate.cost.codeBytes ?? null,
          tableBytes: candidate.cost.tableBytes,
          scratchBytes: candidate.cost.workBytes,
          why: candidate === chosen ? why : whyNot(candidate, chosen, optimize, tuned),
        })),
        unsuited: layer.refused.map(({ name, reason }) => ({ kernel: name, reason })),
      },
    ];
  });
}

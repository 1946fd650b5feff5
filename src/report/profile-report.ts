import { sourcePlace } from '../emit/describe.js';
import { type CompiledModel, layerMacs } from '../pipeline.js';
import type { ProfileResult } from '../run/driver.js';

/** A row of the profile's table. */
export type LayerProfile = {
  readonly name: string;
  readonly op: string;
  readonly macs: number;
  readonly instructions: number;
  /** `model.ts:14:7` */
  readonly source?: string;
};

/** The figures of one inference, as `profile --json` prints them; sizes in bytes. */
export function profileReport({ graph, firmware, rounding, macs, plan }: CompiledModel, measured: ProfileResult) {
  const { inputBytes, outputBytes, target } = firmware;
  const { arenaBytes: arena, stackBytes: stack, flash } = measured;
  return {
    model: graph.name,
    target: target.name,
    rounding,
    instructions: measured.instructions,
    macs,
    ram: { arena, input: inputBytes, output: outputBytes, stack, total: arena + inputBytes + outputBytes + stack },
    flash: { ...flash, total: flash.code + flash.weights + flash.tables },
    layers: plan.layers.map(
      ({ node }, i): LayerProfile => ({
        name: node.name,
        op: node.op,
        macs: layerMacs(graph, node),
        instructions: measured.layerInstructions[i],
        ...(node.span === undefined ? {} : { source: sourcePlace(node) }),
      }),
    ),
  };
}

import { sourcePlace } from '../emit/describe.js';
import { constantBytes } from '../kernels/kernel.js';
import { type CompiledModel, layerMacs } from '../pipeline/index.js';
import type { ProfileResult } from '../run/profile.js';
import { countFields, type EstimatedCycles, layerCountFields, type PartReport } from './count-report.js';

/** A row of the profile's table. */
export type LayerProfile = {
  readonly name: string;
  readonly op: string;
  readonly macs: number;
  readonly instructions: number;
  /** `model.ts:14:7` */
  readonly source?: string;
  /** Of its function and of its own tables; what layers share is in the flash of the whole only. */
  readonly flash: { readonly code: number; readonly weights: number; readonly tables: number };
  /** Of its function and the helpers that this calls: `instructions` has what finds its rows, too. */
  readonly counts?: PartReport;
  readonly estimatedCycles?: EstimatedCycles;
};

/** The figures of one inference, as `profile --json` prints them; sizes in bytes. */
export function profileReport(
  { graph, firmware, rounding, macs, plan, order }: CompiledModel,
  measured: ProfileResult,
) {
  const { entry, outputBytes: output, target } = firmware;
  const { arenaBytes: arena, stackBytes: stack, stackBound: bound, flash } = measured;
  // Who pushes rows has one of them at a time.
  const input = entry === 'push-row' ? firmware.inputBytes / firmware.inputRows : firmware.inputBytes;
  return {
    model: graph.name,
    target: target.name,
    rounding,
    entry,
    order,
    instructions: measured.instructions,
    driverInstructions: measured.driverInstructions,
    macs,
    ram: {
      arena,
      input,
      output,
      stack,
      stackBound: bound.kind === 'bounded' ? bound.bytes : null,
      /** The functions of the deepest path; in place of it, why there is no bound. */
      stackPath: bound.kind === 'bounded' ? bound.path : undefined,
      stackBoundUnknown: bound.kind === 'unknown' ? bound.reason : undefined,
      total: arena + input + output + stack,
    },
    flash: { ...flash, total: flash.code + flash.weights + flash.tables },
    ...countFields(measured.counts, macs),
    layers: plan.layers.map(
      ({ node, kernel: { tables } }, i): LayerProfile => ({
        name: node.name,
        op: node.op,
        macs: layerMacs(graph, node),
        instructions: measured.layerInstructions[i],
        ...(node.span === undefined ? {} : { source: sourcePlace(node) }),
        flash: {
          code: measured.layerCode[i],
          weights: constantBytes(tables, 'weights'),
          tables: constantBytes(tables, 'tables'),
        },
        ...layerCountFields(measured.counts, i, layerMacs(graph, node)),
      }),
    ),
  };
}

export type ProfileReport = ReturnType<typeof profileReport>;

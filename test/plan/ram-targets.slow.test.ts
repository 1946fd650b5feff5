import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import { planGraph } from '../../src/plan/plan.js';
import { planKernels } from '../../src/select/choose.js';
import { loadCosts } from '../../src/select/load-costs.js';
import { loadTarget } from '../../src/target/load-target.js';

/** `undefined`: what is taken without `--optimize`. */
const modes = [undefined, 'speed', 'size', 'ram'] as const;

/** With `ram`, kernels are tried layer by layer: in the slow suite for what has many layers. */
const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
const manyLayers = ['paper/mobilenet-v1-025-96.ts'];

/**
 * Bytes of arena at most, scratch of the kernels included. On a micro:bit two positions in a word take scratch of their own; that is
 * within the same bytes but for ResNet-8, which has 576 taps.
 */
const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'effnet-cifar10/model.ts': { microbit: 8_500, 'cortex-m4': 8_500, 'cortex-m55': 8_500 },
  'paper/effnet-revised-r6.ts': { 'cortex-m4': 27_700, microbit: 27_700 },
  'shapes/resnet8.ts': { 'cortex-m4': 11_600, microbit: 14_000 },
  'shapes/ds-cnn.ts': { 'cortex-m4': 9_700, microbit: 9_700 },
  'paper/mobilenet-v1-025-96.ts': { 'cortex-m4': 13_900, microbit: 13_900 },
};

describe.each(Object.entries(limits))('%s', (file, targets) => {
  let loaded: Promise<LoadedModel> | undefined;
  it.each(
    Object.entries(targets).flatMap(([name, limit]) =>
      modes
        .filter(mode => exhaustive || mode !== 'ram' || !manyLayers.includes(file))
        .map(mode => ({ name, mode, limit })),
    ),
  )(
    'takes at most $limit bytes of arena on $name, --optimize $mode',
    async ({ name, mode, limit }) => {
      loaded ??= randomModel(join(packageRoot(), 'examples', file), { seed: 1 }, new Session());
      const { graph } = await loaded;
      const { isa, cpu } = loadTarget(name);
      const { arenaBytes } = planGraph(graph, planKernels(graph, isa, mode, loadCosts(cpu)));
      expect(arenaBytes).toBeLessThanOrEqual(limit);
    },
    60_000,
  );
});

import { describe, expect, it } from 'vitest';
import { compileModel, type LoadedModel, layerMacs } from '../../src/pipeline/index.js';
import { countLayers } from '../../src/run/profile.js';
import { chosenAmong } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { benchmarks } from '../bench/models.js';
import { needsTool } from '../emulation/tools.js';

/** What docs/cost-model.md promises for layers of these networks; below so many instructions, what the driver does counts most. */
const tolerance = 0.1;
/** Of pools and sums in portable C, whose branches depend on the data. */
const looseTolerance = 0.3;
const smallLayer = 5000;

const targets = ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'];

describe.skipIf(!needsTool('arm-none-eabi-gcc') || !needsTool('qemu-system-arm'))('predicted instructions', () => {
  describe.each(benchmarks)('$file', ({ load }) => {
    let loaded: Promise<LoadedModel> | undefined;
    it.each(targets)(
      'are those that are executed, by layer, on %s',
      async name => {
        loaded ??= load();
        const compiled = compileModel(await loaded, loadTarget(name), '0.0.0', { order: 'demand' });
        const counts = await countLayers(compiled.firmware);
        const off = compiled.plan.layers.map(({ node, kernel }, i) => {
          const layer = compiled.candidates.find(each => each.node.name === node.name);
          const chosen = layer && chosenAmong(layer, kernel);
          const predicted = chosen?.cost.instructions ?? Number.NaN;
          const { instructions } = counts[i];
          const allowed = layerMacs(compiled.graph, node) > 0 ? tolerance : looseTolerance;
          return {
            layer: `${node.name} ${chosen?.name}`,
            predicted,
            instructions,
            error: predicted / instructions - 1,
            allowed,
          };
        });
        const wrong = off.filter(
          ({ error, instructions, allowed }) => instructions >= smallLayer && !(Math.abs(error) <= allowed),
        );
        expect(wrong).toEqual([]);
        const sum = (of: (each: (typeof off)[number]) => number) => off.reduce((total, each) => total + of(each), 0);
        const whole = sum(each => each.predicted) / sum(each => each.instructions) - 1;
        expect(Math.abs(whole)).toBeLessThanOrEqual(tolerance / 2);
      },
      300_000,
    );
  });
});

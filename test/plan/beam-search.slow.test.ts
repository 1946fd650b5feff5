import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beamSearch } from '../../src/plan/beam-search.js';
import { buffersOf } from '../../src/plan/blocks.js';
import { arenaStart, consuming } from '../../src/plan/image.js';
import { LiveMemory } from '../../src/plan/live-memory.js';
import { demandDriven, layerByLayer, peakOf, stepsOf } from '../../src/plan/orders.js';
import { plainBeamSearch } from './plain-beam-search.js';
import { rowProgram } from './random-program.js';

const runs = process.env.EFFNETC_EXHAUSTIVE === '1' ? 3000 : 300;

describe('a sweep', () => {
  it('places as one that works nothing out beforehand', () => {
    const order = fc.constantFrom(demandDriven, layerByLayer);
    const slack = fc.nat(12);
    const found = { some: 0, none: 0 };
    fc.assert(
      fc.property(
        rowProgram({ min: 3, max: 12, rows: 16 }),
        fc.boolean(),
        order,
        slack,
        fc.integer({ min: 1, max: 16 }),
        (drawn, overwriting, order, slack, width) => {
          const program = overwriting ? consuming(drawn) : drawn;
          const made = order(program);
          const { blocks } = buffersOf(program, stepsOf(made, program.layers.length));
          const bytes = Math.max(arenaStart(program), peakOf(new LiveMemory(program), made)) + 4 * slack;
          const offsets = beamSearch(blocks, bytes, width);
          expect(offsets).toEqual(plainBeamSearch(blocks, bytes, width));
          if (offsets === undefined) found.none++;
          else found.some++;
        },
      ),
      { numRuns: runs },
    );
    expect(Math.min(found.some, found.none)).toBeGreaterThan(runs / 50);
  }, 300_000);
});

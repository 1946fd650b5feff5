import type { Plan } from '../plan/plan.js';
import { colourOf, formatCount } from './format.js';
import type { LaneView, PushView, ShapeView } from './page-views.js';
import { box, runsOf } from './shapes.js';

/** Per layer when it makes its steps. */
export function stepLanes({ steps, layers }: Plan): LaneView[] {
  const times: number[][] = layers.map(() => []);
  for (const [time, { layer }] of steps.entries()) times[layer].push(time);
  return layers.map(({ node }, layer) => {
    const own = times[layer];
    const count = own.length === 1 ? '1 step' : `${formatCount(own.length)} steps`;
    const [first, last] = [own[0] ?? 0, own.at(-1) ?? 0];
    return {
      layer,
      colour: colourOf(layer),
      name: node.name,
      count,
      steps: steps.length,
      path: runsOf(own)
        .map(([from, to]) => box(from, 0, to - from, 1))
        .join(''),
      title: `${node.name}: ${count}, the first is step ${formatCount(first)}, the last step ${formatCount(last)}`,
    };
  });
}

/**
 * What each call of `push_row` does.
 *
 * @param cuts per number of rows that were handed in, 0 included: how many steps are done
 */
export function pushCalls(steps: number, cuts: readonly number[]): PushView {
  const rows = cuts.length - 1;
  const calls: ShapeView[] = [];
  const ticks: number[] = [];
  /** Rows whose calls only keep what they get, until one can work with it. */
  let waiting = 0;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [cuts[row], cuts[row + 1]];
    if (to === from) continue;
    const which = waiting === row ? `row ${row}` : `rows ${waiting} to ${row}`;
    calls.push({ path: box(from, 0, to - from, 1), title: `input ${which}: push_row does ${range(from, to)}` });
    ticks.push(from);
    waiting = row + 1;
  }
  const done = cuts[rows];
  if (done < steps) {
    calls.push({ path: box(done, 0, steps - done, 1), title: `end does ${range(done, steps)}` });
    ticks.push(done);
  }
  return {
    steps,
    calls,
    ticks: ticks.map(x => `M${x} 0v1`).join(''),
    note: `${rows === 1 ? '1 input row' : `${formatCount(rows)} input rows`}`,
  };
}

const range = (from: number, to: number): string =>
  to - from === 1 ? `step ${formatCount(from)}` : `steps ${formatCount(from)} to ${formatCount(to - 1)}`;

import { imageOf } from './image.js';
import type { Plan } from './plan.js';

/** What is live during a step, by tensor or layer state, largest first. */
export interface ArenaContent {
  /** Name of the node whose rows they are. */
  readonly name: string;
  readonly what: 'rows' | 'sums' | 'scratch';
  readonly count: number;
  readonly bytes: number;
}

/** The buffers that are live during one step of a plan. */
export function arenaContents(plan: Plan, step: number): ArenaContent[] {
  const { blocks, rows, states, scratch } = plan.buffers;
  const content = (name: string, what: ArenaContent['what'], numbers: Iterable<number>): ArenaContent[] => {
    const live = [...numbers].filter(b => b >= 0 && blocks[b].from <= step && step <= blocks[b].to);
    const bytes = live.reduce((sum, b) => sum + blocks[b].bytes, 0);
    return live.length === 0 ? [] : [{ name, what, count: live.length, bytes }];
  };
  const ofLayers = plan.layers.flatMap(({ node: { name }, row }, l) => [
    ...content(name, 'rows', rows[row.output]),
    ...content(name, 'sums', [states[l]]),
    ...content(name, 'scratch', scratch[l]),
  ]);
  const image = imageOf(plan.program);
  const ofImage =
    image === undefined ? [] : content(plan.program.tensors[image.tensor].name, 'rows', rows[image.tensor]);
  return [...ofImage, ...ofLayers].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

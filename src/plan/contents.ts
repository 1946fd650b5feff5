import type { Plan } from './plan.js';

/** What lies in the arena during a step, by tensor or layer state, largest first. */
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
  const contents = plan.layers.flatMap(({ node, row }, l) => {
    const content = (what: ArenaContent['what'], numbers: Iterable<number>): ArenaContent[] => {
      const live = [...numbers].filter(b => b >= 0 && blocks[b].from <= step && step <= blocks[b].to);
      const bytes = live.reduce((sum, b) => sum + blocks[b].bytes, 0);
      return live.length === 0 ? [] : [{ name: node.name, what, count: live.length, bytes }];
    };
    return [...content('rows', rows[row.output]), ...content('sums', [states[l]]), ...content('scratch', scratch[l])];
  });
  return contents.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

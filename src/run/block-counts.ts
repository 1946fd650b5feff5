import type { CodeFunction } from '../timing/instruction.js';

/** A line of the plugin's answer. */
export interface BlockCount {
  readonly begin: number;
  readonly last: number;
  readonly context: number;
  readonly runs: number;
  readonly jumps: number;
}

export interface BlockCounts {
  readonly blocks: readonly BlockCount[];
  /** Calls of layers. */
  readonly steps: number;
}

/** Reads what templates/plugin/block_counts.c wrote. Nothing where it is not complete. */
export function parseBlockCounts(text: string): BlockCounts | undefined {
  const blocks: BlockCount[] = [];
  let steps: number | undefined;
  for (const line of text.split('\n')) {
    const [word, ...fields] = line.split(' ');
    if (word === 'steps') steps = Number(fields[0]);
    if (word !== 'block') continue;
    const [begin, last] = fields.slice(0, 2).map(field => Number.parseInt(field, 16));
    const [context, runs, jumps] = fields.slice(3).map(Number);
    blocks.push({ begin, last, context, runs, jumps });
  }
  const whole = blocks.every(({ runs, jumps }) => Number.isSafeInteger(runs) && Number.isSafeInteger(jumps));
  return steps !== undefined && whole ? { blocks, steps } : undefined;
}

/** A function with its instructions, found by the address of one of them. */
export class CodeIndex {
  private readonly places = new Map<number, { readonly inside: CodeFunction; readonly at: number }>();

  constructor(functions: readonly CodeFunction[]) {
    for (const inside of functions) {
      for (const [at, { address }] of inside.instructions.entries()) this.places.set(address, { inside, at });
    }
  }

  /** The instructions of a block, and the function that it is in. Nothing where the listing has no such code. */
  find({ begin, last }: BlockCount) {
    const first = this.places.get(begin);
    const end = this.places.get(last);
    if (first === undefined || end === undefined || first.inside !== end.inside || end.at < first.at) return undefined;
    return { inside: first.inside, instructions: first.inside.instructions.slice(first.at, end.at + 1) };
  }
}

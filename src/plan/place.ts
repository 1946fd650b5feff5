/** A run of bytes that is needed from one time to another, both included. */
export interface Block {
  readonly name: string;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface Placement {
  readonly offsets: ReadonlyMap<string, number>;
  readonly bytes: number;
}

/** Alignment of every buffer: kernels may load words. */
export const alignment = 4;

const align = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/**
 * Static allocation: largest block first, each at the lowest offset at which it meets no block that lives at the same time.
 * A heuristic (dynamic storage allocation is NP-hard); ties go by name, so that the result is the same everywhere.
 */
export function placeBlocks(blocks: readonly Block[]): Placement {
  const order = [...blocks].sort((a, b) => b.bytes - a.bytes || a.from - b.from || (a.name < b.name ? -1 : 1));
  const placed: { block: Block; offset: number }[] = [];
  for (const block of order) {
    const rivals = placed
      .filter(other => other.block.from <= block.to && block.from <= other.block.to)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const rival of rivals) {
      if (offset + block.bytes <= rival.offset) break;
      offset = Math.max(offset, align(rival.offset + rival.block.bytes));
    }
    placed.push({ block, offset });
  }
  return {
    offsets: new Map(placed.map(({ block, offset }) => [block.name, offset])),
    bytes: align(placed.reduce((most, { block, offset }) => Math.max(most, offset + block.bytes), 0)),
  };
}

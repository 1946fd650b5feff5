import type { BlockDefinition } from './block.js';
import { effnetBlock } from './effnet-block.js';

/** Every block of the vocabulary, a row each. */
const rows: readonly BlockDefinition[] = [effnetBlock];

/** The block table by kind. */
export const blockTable: ReadonlyMap<string, BlockDefinition> = new Map(rows.map(block => [block.kind, block]));

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from './build-firmware.js';
import { parseCallGraphs } from './call-graph-info.js';
import { parseDisassembly } from './disassembly.js';
import { disassemble } from './listing.js';
import { type StackBound, stackBound } from './stack-bound.js';

/**
 * Bounds the stack of a build's model, from what was really built and linked.
 *
 * @param build for measurement, on a board
 * @param entries what a product calls
 */
export async function boundStack(build: Build, entries: readonly string[], directory: string): Promise<StackBound> {
  const listing = await disassemble(build);
  const graphs = build.callGraphs.map(file => readFileSync(join(directory, file), 'utf8'));
  return stackBound(parseDisassembly(listing), parseCallGraphs(graphs), entries);
}

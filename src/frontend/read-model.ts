import type { FloatGraph } from '../ir/graph.js';
import type { ReadModelOptions } from './read-model-now.js';

/**
 * Reads a model description: type-checks it and evaluates it statically. It is never executed, so a model file from a
 * stranger is only data.
 *
 * @param modelPath as the user gave it; spans call the file so
 * @returns the float graph, without parameters, each node with the place of its call and inside the limits of evaluate/budget.ts
 * @throws CompileError E01xx and E02xx, with spans; nothing else, whatever the file contains
 */
export async function readModel(modelPath: string, options: ReadModelOptions): Promise<FloatGraph> {
  // TypeScript takes a second to load, which commands without a model.ts should not pay.
  const { readModelNow } = await import('./read-model-now.js');
  return readModelNow(modelPath, options);
}

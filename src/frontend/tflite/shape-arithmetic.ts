import type { TfliteFile, TfliteOperator } from './read-file.js';

/** Operators that converters leave where the batch is open: they compute the dimensions that a RESHAPE makes. */
const kinds: ReadonlySet<string> = new Set([
  ...['SHAPE', 'STRIDED_SLICE', 'SLICE', 'PACK', 'CONCATENATION', 'GATHER', 'CAST', 'RESHAPE', 'SQUEEZE'],
  ...['EXPAND_DIMS', 'ADD', 'SUB', 'MUL', 'REDUCE_PROD'],
]);

const integers: readonly string[] = ['INT32', 'INT64'];

/**
 * Does an operator compute nothing but integers about shapes? It has no counterpart: shapes are known, since the file says them of
 * every tensor and the batch is 1, and whoever takes dimensions takes those of its result.
 */
export function computesShapes({ kind, inputs, outputs }: TfliteOperator, { tensors }: TfliteFile): boolean {
  const isInteger = (index: number) => integers.includes(tensors[index].type);
  if (!kinds.has(kind) || outputs.length === 0 || !outputs.every(isInteger)) return false;
  return kind === 'SHAPE' || inputs.filter(index => index >= 0).every(isInteger);
}

/** Index of the largest element of a raw int8 output, the first of equals; the index itself for an int32 output. */
export function predictedClass(output: Uint8Array, type: 'int8_t' | 'int32_t'): number {
  if (type === 'int32_t') return new DataView(output.buffer, output.byteOffset).getInt32(0, true);
  const values = new Int8Array(output.buffer, output.byteOffset, output.length);
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

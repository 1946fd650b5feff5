import type { Constant } from '../../ir/tensor.js';
import type { ConstantTable, Helper } from '../kernel.js';
import { packSubByte, packs } from './bit-layout.js';

/** How templates read weights: value by value where they are packed, as int8 otherwise. */
export interface SubByteView {
  readonly packed: boolean;
  readonly bits: number;
  /** They are without zeros, and read one after the other. */
  readonly walked: boolean;
}

export const subByteView = ({ bits }: Constant): SubByteView => ({
  packed: bits !== undefined,
  bits: bits ?? 8,
  walked: false,
});

export const walkedView: SubByteView = { packed: false, bits: 8, walked: true };

/** The C functions that read packed weights one by one. */
export const subByteHelpers = ({ bits }: Constant): readonly Helper[] =>
  bits === undefined ? [] : [`weight-${bits}` as const];

/** The bytes of a table of words, the lowest of each first. */
export const bytesOf = ({ values }: ConstantTable): Int8Array =>
  Int8Array.from({ length: 4 * values.length }, (_, i) => values[i >> 2] >> (8 * (i % 4)));

/** A table of int8 weights as it is where they have 8 bits, and packed where they have fewer. */
export function subByteTable(table: ConstantTable, { bits }: Constant): ConstantTable {
  if (bits === undefined) return table;
  return {
    suffix: table.suffix,
    ctype: 'uint32_t',
    values: packSubByte(table.values, bits),
    perLine: 8,
    layout: `${table.layout.replace(/, a line per .*$/, '')}, ${packs(bits)}`,
    kind: table.kind,
    packed: true,
    narrow: bits,
  };
}

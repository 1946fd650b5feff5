import { invariant } from '../../diagnostics/diagnostic.js';
import type { Quantisation, TensorType } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import { type Activation, activate } from './activation.js';

/** A function of one int8 value as 256 results, for x at x + 128. */
export function activationTable(activation: Activation, input: TensorType, output: Quantisation): Int8Array {
  const { quantisation } = input;
  invariant(quantisation !== undefined && activation.kind !== 'prelu', `${activation.kind} has no table form`);
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const real = activate(activation, (q - quantisation.zeroPoint) * quantisation.scale, 0);
    table[q + 128] = clamp(Math.round(real / output.scale) + output.zeroPoint, -128, 127);
  }
  return table;
}

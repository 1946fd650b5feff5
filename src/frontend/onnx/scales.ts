import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Quantisation } from '../../ir/tensor.js';
import { quoteName } from '../arrays/quote.js';
import type { ImportBuilder } from '../import/import-builder.js';
import { elementsOf } from './constants.js';
import type { Network, ScaleNames } from './operators.js';

export const sameQuantisation = (a: Quantisation, b: Quantisation): boolean =>
  a.scale === b.scale && a.zeroPoint === b.zeroPoint;

/** A float32 as the shortest decimal that means it: 1e-5 and not 0.000009999999747378752. */
export const shortest = (x: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
};

/** Scale and zero point of an activation in int8; uint8 is the same 128 lower. @throws CompileError E0123, E0125 */
export function quantisationOf(
  said: ScaleNames,
  { network, builder }: { readonly network: Network; readonly builder: ImportBuilder },
  span: Span,
): Quantisation {
  const label = `the scale or zero point that ${said.node.kind}, node ${said.node.index}, gives`;
  const read = (name: string) => {
    const tensor = network.constants.get(name)?.tensor;
    if (tensor === undefined) return fail('E0125', `${label}, ${quoteName(name)}, is no constant`, { span });
    if (tensor.dims.reduce((a, b) => a * b, 1) !== 1) {
      return fail('E0125', `${label} has the shape [${tensor.dims.join(', ')}], where an activation has one`, { span });
    }
    return { type: tensor.type, value: elementsOf(tensor, builder, span)[0] };
  };
  const scale = read(said.scale).value;
  const zero = said.zeroPoint === '' ? { type: 'UINT8', value: 0 } : read(said.zeroPoint);
  if (zero.type !== 'INT8' && zero.type !== 'UINT8') {
    fail('E0123', `${label} makes ${zero.type} of a tensor, where INT8 or UINT8 is needed`, { span });
  }
  const zeroPoint = zero.type === 'INT8' ? zero.value : zero.value - 128;
  const sound =
    scale > 0 && Number.isFinite(scale) && Number.isInteger(zeroPoint) && zeroPoint >= -128 && zeroPoint <= 127;
  if (!sound) fail('E0125', `${label} cannot be used: scale ${scale}, zero point ${zero.value}`, { span });
  return { scale, zeroPoint };
}

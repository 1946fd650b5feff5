import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import {
  clamp,
  fitsMultiplier,
  longFactorBits,
  longMultiplier,
  type Multiplier,
  nativePreShift,
  quantiseMultiplier,
} from '../../numeric/requantise.js';
import type { QuantiseContext } from '../op.js';
import { type AccumulatorRule, accumulatorRanges, overflowOf } from './accumulator.js';
import { hasTwoSlopes, slopeBelow } from './activation.js';
import type { LinearAttributes } from './linear-attributes.js';

function realSlopes(
  node: Node<LinearAttributes>,
  channel: number,
): { positive: number; negative: number; offset: number } {
  const { activation } = node.attributes;
  const scale = node.constants.affineScale?.data[channel] ?? 1;
  const offset = node.constants.affineOffset?.data[channel] ?? 0;
  const below = slopeBelow(activation);
  const slope = below === 'parameter' ? (node.constants.slope?.data[channel] ?? 0) : below;
  return { positive: scale, negative: scale * slope, offset };
}

/** How the accumulators of each channel are requantised: real factors of either sign, fixed-point ones, and what is added. */
export interface LinearFactors {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly offset: Int32Array;
  readonly twoSlopes: boolean;
  readonly preShift: number;
  readonly rule: AccumulatorRule;
  readonly quantised: (scale: number) => Multiplier;
}

/** @throws CompileError E0313 when biases of 64 bits meet int8, E0502 when a scale is not usable */
export function factorsOf(node: Node<LinearAttributes>, context: QuantiseContext): LinearFactors {
  const { bias, weightScale } = node.constants;
  const input = context.inputs[0]?.quantisation;
  invariant(input !== undefined, `${node.name}: input of a linear op without quantisation`);
  const channels = bias.data.length;
  const long = bias.dtype === 'f64';
  if (long && input.bits !== 16) {
    fail('E0313', `${node.op} '${node.name}' has biases of 64 bits, which only a layer that reads int16 has`, {
      span: node.span,
      hint: 'give it biases of int32, or make the tensor that it reads int16',
    });
  }
  const { activation, affine } = node.attributes;
  const twoSlopes = hasTwoSlopes(activation) || (affine && activation.kind !== 'identity');

  const positive = new Float64Array(channels);
  const negative = new Float64Array(channels);
  const offset = new Int32Array(channels);
  for (let o = 0; o < channels; o++) {
    const effective = (input.scale * weightScale.data[o]) / context.output.scale;
    const slopes = realSlopes(node, o);
    positive[o] = effective * slopes.positive;
    negative[o] = effective * slopes.negative;
    const steepest = Math.max(effective, Math.abs(positive[o]), Math.abs(negative[o]));
    if (!(effective > 0) || !fitsMultiplier(steepest, long ? longFactorBits : undefined)) {
      fail('E0502', `channel ${o} of '${node.name}' has a requantisation factor of ${steepest}`, {
        span: node.span,
        notes: [
          `input scale ${input.scale}, weight scale ${weightScale.data[o]}, output scale ${context.output.scale}`,
        ],
        hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
      });
    }
    // Beyond twice the range of the output nothing changes any more.
    const most = context.output.bits === 16 ? 2 ** 24 : 2 ** 16;
    offset[o] = clamp(context.output.zeroPoint + Math.round(slopes.offset / context.output.scale), -most, most);
  }

  const preShift = context.rounding === 'native' && !long ? nativePreShift([...positive, ...negative]) : 0;
  const quantised = (scale: number) =>
    long ? longMultiplier(scale) : quantiseMultiplier(context.rounding, scale, preShift);
  const rule = long ? 'long' : context.rounding;
  return { positive, negative, offset, twoSlopes, preShift, rule, quantised };
}

/** Do accumulators stay within their type for every input? @throws CompileError E0502 when a scale is not usable */
export function accumulatorsFit(node: Node<LinearAttributes>, context: QuantiseContext): boolean {
  const { positive, negative, offset, preShift, rule, quantised } = factorsOf(node, context);
  const { weight, bias } = node.constants;
  const epilogues = accumulatorRanges(weight, bias, context.inputs[0]).map((range, o) => ({
    range,
    factors: [positive[o], negative[o]].map(real => ({ ...quantised(real), real })),
    offset: offset[o],
  }));
  return overflowOf(epilogues, rule, preShift) === undefined;
}

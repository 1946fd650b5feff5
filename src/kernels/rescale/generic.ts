import type { Node } from '../../ir/graph.js';
import { elementRange, rowElements } from '../../ir/tensor.js';
import { integerParts, type RescaleAttributes } from '../../ops/rescale/index.js';
import { accumulatorBound, type RescaleFactor } from '../../ops/rescale/requantisation.js';
import type { ConstantTable, KernelVariant } from '../kernel.js';
import { requantiseHelpers, termView } from '../requantise/generic.js';

const factorView = ({ multiplier, shift, preShift }: RescaleFactor) => ({
  multiplier,
  shift,
  preShifted: preShift > 0,
  preFactor: 2 ** preShift,
});

/** One or two requantisations a value; slopes and offsets that differ between channels are in tables. */
export const genericRescale: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<RescaleAttributes>;
    const { requantisation, channels, from, to } = integerParts(node, input);
    const { rounding, positive, negative, sum, minus, exact, low, high } = requantisation;
    const [{ positiveSlope, negativeSlope, offset }] = channels;
    const perChannel = channels.length > 1;
    const table = (suffix: string, values: readonly number[]): ConstantTable => ({
      suffix,
      ctype: 'int32_t',
      values,
      perLine: 8,
      layout: 'per channel',
      kind: 'tables',
    });
    const differs = (of: 'positiveSlope' | 'negativeSlope') => channels.some(each => each[of] !== channels[0][of]);
    const slopes = { positive: differs('positiveSlope'), negative: differs('negativeSlope') };
    const offsets = channels.some(each => each.offset !== offset);
    const sameFactor = JSON.stringify(positive) === JSON.stringify(negative);
    const twoSlopes = !sameFactor || channels.some(each => each.positiveSlope !== each.negativeSlope);
    const tables = [
      ...(slopes.positive
        ? [
            table(
              'slopes',
              channels.map(each => each.positiveSlope),
            ),
          ]
        : []),
      ...(slopes.negative && twoSlopes
        ? [
            table(
              'negative_slopes',
              channels.map(each => each.negativeSlope),
            ),
          ]
        : []),
      ...(offsets
        ? [
            table(
              'offsets',
              channels.map(each => each.offset),
            ),
          ]
        : []),
    ];
    return {
      functionName: 'rescale',
      template: 'kernels/rescale/generic',
      label: 'generic',
      view: {
        perChannel: perChannel && tables.length > 0,
        width: node.type.shape.width,
        channels: node.type.shape.channels,
        count: rowElements(node.type),
        zero: termView(-from.zeroPoint),
        exact,
        twoSlopes,
        shifted: rounding !== 'native',
        slopeTable: slopes.positive,
        negativeSlopeTable: slopes.negative,
        slope: positiveSlope,
        negativeSlope,
        slopes: positiveSlope !== 1,
        negativeSlopes: negativeSlope !== 1,
        positive: factorView(positive),
        negative: factorView(negative),
        sums: sum !== undefined,
        minus,
        sum: factorView(sum ?? positive),
        offsetTable: offsets,
        addend: termView(offset),
        offset: termView(to.zeroPoint),
        low,
        high,
      },
      tables,
      helpers: exact ? [] : requantiseHelpers[rounding],
      overlays: [0],
      accumulatorBound: accumulatorBound(requantisation, channels, elementRange(input), from),
    };
  },
};

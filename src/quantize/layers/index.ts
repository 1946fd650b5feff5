import type { SubByteBits } from '../../ir/tensor.js';
import type { LayerStep } from './context.js';
import { correctBiasAnalytically, correctBiasByData } from './correct-bias.js';
import { fitWeightScales } from './fit-weight-scales.js';
import { searchRounding } from './search-rounding.js';

export const biasCorrections = ['measured', 'analytic', 'none'] as const;
export type BiasCorrection = (typeof biasCorrections)[number];

/** Which steps are taken for each linear layer. */
export interface LayerOptions {
  /** Scales of weights with the least squared error, instead of those that hold the largest weight. */
  readonly fitWeightScales: boolean;
  /** Each weight rounded up or down as suits the layer's output best, instead of to nearest. */
  readonly roundingSearch: boolean;
  readonly biasCorrection: BiasCorrection;
}

/** The steps that a linear layer is quantised in, after rounding to nearest; in order. @param bits of sub-byte weights */
export function layerSteps(options: LayerOptions, bits?: SubByteBits): readonly LayerStep[] {
  return [
    ...(options.fitWeightScales || bits !== undefined ? [fitWeightScales] : []),
    ...(options.roundingSearch ? [searchRounding] : []),
    ...(options.biasCorrection === 'analytic' ? [correctBiasAnalytically] : []),
    // After all others: it takes back what they have done to the mean.
    ...(options.biasCorrection === 'measured' ? [correctBiasByData] : []),
  ];
}

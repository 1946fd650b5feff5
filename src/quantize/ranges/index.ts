import { entropy } from './entropy.js';
import { meanSquaredError } from './mean-squared-error.js';
import { minMax } from './min-max.js';
import { percentile } from './percentile.js';
import type { RangeRule } from './range-rule.js';

/** The rules that ranges of activations are chosen by. Of equally good ones the first is taken. */
export const rangeRules: readonly RangeRule[] = [meanSquaredError, minMax, percentile, entropy];

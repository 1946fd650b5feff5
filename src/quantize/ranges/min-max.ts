import { quantisationOf, type RangeRule } from './range-rule.js';

/** All values that were seen: nothing is clipped, and one outlier makes the steps of all others coarse. */
export const minMax: RangeRule = { name: 'min-max', choose: ({ min, max }) => quantisationOf(min, max) };

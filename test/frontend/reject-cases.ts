import type { RejectCase } from './reject/case.js';
import { languageCases } from './reject/language.js';
import { optionCases } from './reject/options.js';
import { valueCases } from './reject/values.js';

export type { RejectCase };

/** Every model description that must be refused, and how. */
export const rejectCases: readonly RejectCase[] = [...languageCases, ...valueCases, ...optionCases];

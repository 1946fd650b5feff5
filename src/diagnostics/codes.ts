import { budgetCodes } from './codes/budgets.js';
import { dataCodes } from './codes/data.js';
import { modelCodes } from './codes/model.js';
import { numericCodes } from './codes/numbers.js';
import { runCodes } from './codes/runs.js';
import { shapeCodes } from './codes/shapes.js';
import { targetCodes } from './codes/targets.js';
import { usageCodes } from './codes/usage.js';
import { weightCodes } from './codes/weights.js';

export type { CodeEntry } from './codes/entry.js';

/** Every code that a diagnostic can have, a file for each hundred. */
export const codes = {
  ...modelCodes,
  ...shapeCodes,
  ...weightCodes,
  ...dataCodes,
  ...numericCodes,
  ...budgetCodes,
  ...targetCodes,
  ...runCodes,
  ...usageCodes,
} as const;

export type DiagnosticCode = keyof typeof codes;

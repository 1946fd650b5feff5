import { entry } from './entry.js';

/** E06xx: memory plan and budgets. */
export const budgetCodes = {
  E0601: entry(
    'not enough RAM on the target',
    'What one inference takes at one time is more RAM than the target has, or than --max-ram allows. Counted is what the entry needs that --entry names (infer, where nothing is said): the arena, and with rows pushed the input and output rows that are kept, for --max-ram; besides these, for the target, the input or a row of it, the output and 516 bytes for a stack and a little state. Each limit holds by itself: --max-ram does not replace the RAM of the target. The notes name the parts, the layer at which most bytes are live, what lies in the arena then, and what the best order of steps needs.',
  ),
  E0602: entry(
    'not enough flash on the target',
    'Weights and tables alone, without the code, are larger than the flash of the target, or than --max-flash allows; each limit holds by itself. Fewer channels, or a larger target, will help.',
  ),
} as const;

import type { LimitsView, LimitView } from './views.js';

/** What the user allows, in bytes, besides what the target has. */
export interface Limits {
  /** For static RAM: the arena, and what is kept of pushed rows. */
  readonly ram?: number | undefined;
  /** For weights and tables. */
  readonly flash?: number | undefined;
}

/** What the target has for the whole firmware. */
export interface Budget {
  readonly owner: string;
  readonly ramBytes: number;
  readonly flashBytes: number;
}

/** How a firmware calls the model. */
export interface Use {
  /** With a whole input, or with its rows one by one. */
  readonly entry: 'infer' | 'push-row';
  readonly inputBytes: number;
  readonly inputRows: number;
  readonly outputBytes: number;
}

/** Bytes, and what they are for. */
export type Part = readonly [bytes: number, what: string];

export const sum = (parts: readonly Part[]): number => parts.reduce((total, [bytes]) => total + bytes, 0);

/** What a firmware around the model needs at least: its stack, its own variables and the few bytes of the model's state. */
const reservedBytes = 516;

/** RAM that one inference takes besides the static RAM of the model. */
export function otherRam({ entry, inputBytes, inputRows, outputBytes }: Use): Part[] {
  return [
    entry === 'infer' ? [inputBytes, 'for the input'] : [inputBytes / inputRows, 'for a row of the input'],
    [outputBytes, 'for the output'],
    [reservedBytes, 'for the stack'],
  ];
}

/** The limits that the C asserts: the smaller of the user's and what the target leaves. A firmware may define its own. */
export function limitsView(limits: Limits, budget: Budget | undefined, use: Use): LimitsView {
  const ram = own(limits.ram, '--max-ram');
  const flash = own(limits.flash, '--max-flash');
  if (budget !== undefined) {
    const { owner, ramBytes, flashBytes } = budget;
    const other = otherRam(use);
    const rest = other.map(([bytes, what]) => `${bytes} ${what}`).join(', ');
    ram.push({ bytes: Math.max(0, ramBytes - sum(other)), from: `${ramBytes} of ${owner}, less ${rest}` });
    flash.push({ bytes: flashBytes, from: `all of ${owner}` });
  }
  return { ram: smallest(ram), flash: smallest(flash), countsPushing: use.entry === 'push-row' };
}

const own = (bytes: number | undefined, from: string): LimitView[] => (bytes === undefined ? [] : [{ bytes, from }]);

const smallest = (limits: readonly LimitView[]): LimitView | null =>
  limits.reduce<LimitView | null>(
    (least, limit) => (least === null || limit.bytes < least.bytes ? limit : least),
    null,
  );

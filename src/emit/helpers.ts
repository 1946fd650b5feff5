import { invariant } from '../diagnostics/diagnostic.js';

/**
 * What templates may call on a value: pure functions from values to text. No comparisons and no arithmetic: a decision
 * belongs into the view model.
 */

/** `0x0000001f` for 31 and 8 digits; negative numbers as 32-bit two's complement. */
export function hex(value: unknown, digits: unknown = 0): string {
  invariant(Number.isInteger(value) && Number.isInteger(digits), `hex takes integers, not ${String(value)}`);
  const number = Number(value);
  return `0x${(number < 0 ? number + 2 ** 32 : number).toString(16).padStart(Number(digits), '0')}`;
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** The items with the separator between them. */
export function join(items: unknown, separator: unknown): string {
  invariant(isIterable(items), `join takes a list, not ${String(items)}`);
  invariant(typeof separator === 'string', 'join takes a separator');
  return Array.from(items, String).join(separator);
}

/** `EFFNET_CIFAR10` for `effnet_cifar10`. Not by locale, in which `i` may become something else. */
export function upper(text: unknown): string {
  invariant(typeof text === 'string', `upper takes a text, not ${String(text)}`);
  return text.toUpperCase();
}

/** The value with spaces before, up to a width: for columns of numbers. Longer values stay as they are. */
export function pad(value: unknown, width: unknown): string {
  invariant(Number.isInteger(width), `pad takes a width, not ${String(width)}`);
  return String(value).padStart(Number(width));
}

/** The value with spaces after it, up to a width: for columns of names. */
export function padRight(value: unknown, width: unknown): string {
  invariant(Number.isInteger(width), `padRight takes a width, not ${String(width)}`);
  return String(value).padEnd(Number(width));
}

export const helpers: Readonly<Record<string, (first: unknown, second?: unknown) => string>> = {
  hex,
  join,
  upper,
  pad,
  padRight,
};

import type { Arguments } from './arguments.js';
import { failAt } from './context.js';
import type { Value } from './values.js';

export type StringMethod = (target: string, args: Arguments) => Value;

/** Methods of strings, as JavaScript has them. */
export const stringMethods: ReadonlyMap<string, StringMethod> = new Map<string, StringMethod>([
  ['padStart', (target, args) => pad(target, args, (length, filler) => target.padStart(length, filler))],
  ['padEnd', (target, args) => pad(target, args, (length, filler) => target.padEnd(length, filler))],
  ['repeat', repeat],
  ['slice', (target, args) => made(args, target.slice(args.optionalNumber(0), args.optionalNumber(1)))],
  ['toUpperCase', (target, args) => made(args, target.toUpperCase())],
  ['toLowerCase', (target, args) => made(args, target.toLowerCase())],
  ['includes', (target, args) => made(args, target).includes(args.string(0))],
  ['startsWith', (target, args) => made(args, target).startsWith(args.string(0))],
  ['endsWith', (target, args) => made(args, target).endsWith(args.string(0))],
  ['toString', target => target],
]);

function made({ context, site }: Arguments, result: string): string {
  context.budget.stringOf(result.length, site);
  return result;
}

function pad(target: string, args: Arguments, result: (length: number, filler: string) => string): string {
  const length = args.number(0);
  args.context.budget.stringOf(Math.max(target.length, length), args.site);
  return result(length, args.value(1) === undefined ? ' ' : args.string(1));
}

function repeat(target: string, args: Arguments): string {
  const times = args.number(0);
  if (times < 0) return failAt(args.context, args.site, 'E0108', `a string cannot be repeated ${times} times`);
  args.context.budget.stringOf(target.length * times, args.site);
  return target.repeat(times);
}

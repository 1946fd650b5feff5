import type { ts } from 'ts-morph';
import type { z } from 'zod';
import { CompileError, diagnostic } from '../../diagnostics/diagnostic.js';
import { type Context, failAt } from './context.js';
import { describeIssues } from './option-issues.js';
import { describe, isArray, isObject, isPrimitive, type ObjectValue, type Slot } from './values.js';

/** The options argument of a call, taken apart. */
export interface CallOptions {
  readonly name: string | undefined;
  /** Everything but the name, as plain data. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** The syntax of the part of the options that a path of keys leads to, or of what is nearest to it. */
  locate(path: readonly PropertyKey[]): ts.Node;
}

/** Deeper than any option. */
const maxDepth = 8;

/** @param slot the argument; a string is short for `{ kind: string }`, as in `activation(x, 'relu')` */
export function readOptions(slot: Slot | undefined, callee: string, site: ts.Node, context: Context): CallOptions {
  const value = slot?.value;
  if (slot === undefined || value === undefined) return { name: undefined, plain: {}, locate: () => site };
  if (typeof value === 'string') return { name: undefined, plain: { kind: value }, locate: () => slot.origin };
  if (!isObject(value)) {
    return failAt(context, slot.origin, 'E0108', `the options of ${callee} must be an object, not ${describe(value)}`);
  }
  const plain: Record<string, unknown> = {};
  for (const [key, inner] of value.properties) {
    if (key === 'name' || inner.value === undefined) continue;
    setOwn(plain, key, toPlain(inner, `option '${key}' of ${callee}`, 0, context));
  }
  return { name: readName(value, callee, context), plain, locate: path => locate(slot, path, site) };
}

function toPlain(slot: Slot, what: string, depth: number, context: Context): unknown {
  const { value, origin } = slot;
  context.budget.spend(1, origin);
  if (isPrimitive(value)) return value;
  if (depth < maxDepth) {
    if (isArray(value)) return value.elements.map(element => toPlain(element, what, depth + 1, context));
    if (isObject(value)) {
      const plain: Record<string, unknown> = {};
      for (const [key, inner] of value.properties) {
        if (inner.value !== undefined) setOwn(plain, key, toPlain(inner, what, depth + 1, context));
      }
      return plain;
    }
  }
  const found = isArray(value) || isObject(value) ? 'nested too deeply' : describe(value);
  return failAt(context, origin, 'E0201', `${what} cannot be ${found}`);
}

/** An ordinary property even for the key `__proto__`. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function readName({ properties }: ObjectValue, callee: string, context: Context): string | undefined {
  const slot = properties.get('name');
  if (slot === undefined || slot.value === undefined) return undefined;
  if (typeof slot.value === 'string' && /^[A-Za-z0-9_./-]{1,128}$/.test(slot.value)) return slot.value;
  const shown = typeof slot.value === 'string' ? `'${slot.value.slice(0, 40)}'` : describe(slot.value);
  return failAt(context, slot.origin, 'E0206', `${shown} cannot be the name of ${callee}`, {
    hint: 'use 1 to 128 letters, digits and the characters _ . / -',
  });
}

function locate(slot: Slot, path: readonly PropertyKey[], site: ts.Node): ts.Node {
  let current = slot;
  for (const key of path) {
    const next = isObject(current.value)
      ? current.value.properties.get(String(key))
      : isArray(current.value)
        ? current.value.elements[Number(key)]
        : undefined;
    // A missing option is shown at the call: there is no place of its own.
    if (next === undefined) return current === slot ? site : current.origin;
    current = next;
  }
  return current === slot ? site : current.origin;
}

/** Validates options. @throws CompileError E0201, one for each thing that is wrong, each at its place */
export function parseOptions<O>(schema: z.ZodType<O>, options: CallOptions, callee: string, context: Context): O {
  const result = schema.safeParse(options.plain);
  if (result.success) return result.data;
  throw new CompileError(
    describeIssues(result.error.issues, callee, options.plain).map(({ path, message }) =>
      diagnostic('error', 'E0201', message, { span: context.sources.span(options.locate(path)) }),
    ),
  );
}

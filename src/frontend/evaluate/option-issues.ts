import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with an options object, in words. */
export interface OptionProblem {
  /** Keys from the options object to the bad part; empty for the object itself. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** @param callee the op, as the model writes it; @param options the plain options that the schema refused */
export function describeIssues(issues: readonly Issue[], callee: string, options: unknown): readonly OptionProblem[] {
  return issues
    .flatMap(issue => relevant(issue))
    .map(issue => ({ path: issue.path, message: sentence(issue, callee, options) }));
}

/**
 * Of a union, the alternative that the user meant: the one whose kind fits, so that `kernel: [1, 0]` is told about the 0 and
 * not that it is no number. When none or several fit, the union speaks for itself.
 */
function relevant(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors.filter(branch => !branch.some(isMismatch));
  const [only] = fitting;
  if (fitting.length !== 1 || only === undefined) return [issue];
  return only.flatMap(inner => relevant({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The value as a whole is of another kind than the alternative takes. */
function isMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function sentence(issue: Issue, callee: string, options: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map(key => `'${key}'`).join(', ');
    return `${callee} has no option ${keys}${issue.path.length > 0 ? ` in '${formatPath(issue.path)}'` : ''}`;
  }
  if (issue.path.length === 0) return `${callee}: ${requirement(issue)}`;
  const option = `option '${formatPath(issue.path)}' of ${callee}`;
  const value = valueAt(options, issue.path);
  if (value === undefined) return `${option} is missing; it ${requirement(issue)}`;
  return `${option} is ${formatValue(value)}; it ${requirement(issue)}`;
}

/** "must be at least 1" */
function requirement(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must have ${bound(issue)} elements`
        : `must be ${bound(issue)}`;
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      return `must be ${alternatives(kinds(issue))}`;
    case 'custom':
      return issue.message;
    default:
      return `does not fit: ${issue.message}`;
  }
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.code === 'too_small') return `${issue.inclusive === false ? 'greater than' : 'at least'} ${issue.minimum}`;
  return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
}

const kindNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  tuple: 'a pair [rows, columns]',
  array: 'an array',
  object: 'an object',
};

/** What would be accepted, an entry per alternative. */
function kinds(issue: Issue): readonly string[] {
  switch (issue.code) {
    case 'invalid_type':
      return [kindNames[issue.expected] ?? issue.expected];
    case 'invalid_value':
      return issue.values.map(value => formatValue(value));
    case 'invalid_union': {
      const named = 'options' in issue ? (issue.options as readonly unknown[]).map(formatValue) : [];
      return [...new Set([...named, ...issue.errors.flatMap(branch => branch.flatMap(kinds))])];
    }
    default:
      return [];
  }
}

function alternatives(all: readonly string[]): string {
  return all.length > 2 ? `one of ${all.join(', ')}` : all.join(' or ');
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`))
    .join('');
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  let value = options;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

const longest = 40;

function formatValue(value: unknown): string {
  const text = format(value);
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}

function format(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.slice(0, longest).map(format).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).slice(0, longest);
  return `{ ${entries.map(([key, inner]) => `${key}: ${format(inner)}`).join(', ')} }`;
}

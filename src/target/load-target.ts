import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { CompileError, diagnostic, fail, InternalError } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { packageRoot } from '../package-root.js';
import { targetFile } from './schema.js';
import type { Target } from './target.js';

const targetsDirectory = (): string => join(packageRoot(), 'targets');

/** Names of all targets, sorted. */
export function listTargets(directory: string = targetsDirectory()): string[] {
  return readdirSync(directory)
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * Reads and validates `targets/NAME.json`.
 *
 * @param directory for tests; by default the one of the package
 * @throws CompileError E0701 when there is no such target, E0702 when its file is not valid
 */
export function loadTarget(name: string, directory: string = targetsDirectory()): Target {
  const names = listTargets(directory);
  if (!names.includes(name)) failUnknown(name, names);
  const file = `targets/${name}.json`;
  const parsed = targetFile.safeParse(parseJson(file, readFileSync(join(directory, `${name}.json`), 'utf8')));
  if (!parsed.success) throw new CompileError(parsed.error.issues.map(issue => invalid(file, issue)));
  return { name, ...parsed.data };
}

function failUnknown(name: string, names: readonly string[]): never {
  const close = nearest(name, names);
  fail('E0701', `there is no target '${name}'`, {
    notes: [`targets: ${names.join(', ')}`],
    hint: close === undefined ? 'choose one of these' : `did you mean '${close}'?`,
  });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new InternalError(String(error));
    return fail('E0702', `${file} is not JSON: ${error.message}`);
  }
}

function invalid(file: string, issue: z.core.$ZodIssue) {
  const path = issue.path.join('.');
  return diagnostic('error', 'E0702', `${file}: ${path === '' ? '' : `${path}: `}${issue.message}`);
}

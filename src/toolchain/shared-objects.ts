import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryDirectory } from '../emit/write-files.js';
import { Compiler } from './compiler.js';
import { copyHarness, type HarnessSource } from './harness.js';
import type { ToolName } from './tools.js';

/** How an object of the harness is made, wherever that happens. */
export interface ObjectRecipe {
  readonly tool: ToolName;
  readonly source: HarnessSource;
  /** All arguments but input and output; some name the directory. */
  readonly args: (directory: string) => readonly string[];
}

/** A file that the compiler wrote, by the end of its name. */
type Made = ReadonlyMap<string, Buffer>;

/** Object, and what the compiler knows of its stack. */
const ends = ['.o', '.ci'];

/**
 * What was compiled in this process. A directory that has nothing of any model made it, from files of this package alone:
 * so compiler and arguments are all that it depends on.
 */
const made = new Map<string, Promise<Made>>();

/**
 * Writes the object of a source that no model changes into a build directory; compiled once for all builds that this
 * process makes with the same compiler and arguments.
 *
 * @throws CompileError as {@link Compiler.run}
 */
export async function writeSharedObject(recipe: ObjectRecipe, compiler: Compiler, directory: string): Promise<void> {
  const key = JSON.stringify([compiler.tool.path, recipe.source.path, recipe.args('')]);
  let files = made.get(key);
  if (files === undefined) {
    files = compile(recipe);
    made.set(key, files);
    // It may be the machine's fault, and that may pass.
    files.catch(() => made.delete(key));
  }
  for (const [end, bytes] of await files) writeFileSync(join(directory, withEnd(recipe.source.path, end)), bytes);
}

function compile({ tool, source, args }: ObjectRecipe): Promise<Made> {
  return withTemporaryDirectory(async directory => {
    copyHarness(directory, [source]);
    const compiler = new Compiler(tool, directory);
    const output = withEnd(source.path, '.o');
    await compiler.run('compile the test harness', [...args(directory), '-c', source.path, '-o', output]);
    const files = ends.map(end => [end, join(directory, withEnd(source.path, end))] as const);
    return new Map(files.filter(([, file]) => existsSync(file)).map(([end, file]) => [end, readFileSync(file)]));
  });
}

const withEnd = (source: string, end: string): string => source.replace(/\.c$/, end);

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Graph, GraphForm } from '../../src/ir/graph.js';
import { parseGraph } from '../../src/ir/parse.js';
import { printGraph } from '../../src/ir/print.js';
import { packageRoot } from '../../src/package-root.js';
import type { Pass } from '../../src/passes/pass.js';

/**
 * A case is one file, `test/passes/<pass>/<case>.ir`:
 *
 *   pass fold-flatten
 *   # Comments, as many as wanted.
 *   float graph g
 *   ...
 *   return x
 *   ---
 *   what the pass makes of it, or `unchanged`
 */
export interface PassCase {
  /** `fold-flatten/nchw` */
  readonly title: string;
  readonly path: string;
  readonly pass: string;
  /** What stands above the graph, line by line. */
  readonly header: string;
  readonly input: Graph;
  /** The file does not say `unchanged`. */
  readonly fires: boolean;
}

const separator = '---\n';
const unchanged = 'unchanged\n';

/** Every `.ir` file below `folder`. */
export function readCases(folder: string): readonly PassCase[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ir'));
  return files.sort().map(file => readCase(join(folder, file), file.replace(/\.ir$/, '').replaceAll('\\', '/')));
}

function readCase(path: string, title: string): PassCase {
  const [head, expected] = readFileSync(path, 'utf8').replaceAll('\r\n', '\n').split(separator);
  const found = /^(pass ([\w-]+)\n(?:#.*\n)*)(\w+ graph [\s\S]*)$/.exec(head);
  if (found === null) throw new Error(`${path}: 'pass NAME', lines with #, then a graph`);
  const [, header, pass, text] = found;
  return { title, path, pass, header, input: parseGraph(text, path), fires: expected !== unchanged };
}

/** The file as it has to be when the pass makes `output`; the input is there in the form that the printer gives it. */
export function writeCase({ header, input }: PassCase, output: Graph): string {
  const [before, after] = [input, output].map(printGraph);
  return header + before + separator + (after === before ? unchanged : after);
}

/** The passes that the files of src/passes export, by the name of the file. */
export async function passesByFile(): Promise<ReadonlyMap<string, Pass<GraphForm>>> {
  const folder = join(packageRoot(), 'src', 'passes');
  const found = new Map<string, Pass<GraphForm>>();
  for (const file of readdirSync(folder).filter(name => name.endsWith('.ts'))) {
    const exported: Record<string, unknown> = await import(join(folder, file));
    for (const value of Object.values(exported).filter(isPass)) found.set(basename(file, '.ts'), value);
  }
  return found;
}

function isPass(value: unknown): value is Pass<GraphForm> {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value;
}

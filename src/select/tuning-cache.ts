import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import { type Refuse, readBoundedFile } from '../frontend/arrays/bounded-file.js';

/** A kernel of a layer that was counted: what it was counted for, and what came out. */
const figure = z.strictObject({
  target: z.string().min(1).max(200),
  /** Name and version: other code is another figure. */
  compiler: z.string().min(1).max(200),
  /** Op and shapes, for people. */
  layer: z.string().min(1).max(500),
  kernel: z.string().min(1).max(200),
  /** SHA-256 of the kernel with its sizes and tables; see digestOf. */
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256'),
  /** Executed in an inference. */
  instructions: z.int().min(0),
});

const cacheFile = z.strictObject({
  /** Figures are of the kernels of one version of effnetc. */
  effnetc: z.string().min(1).max(100),
  figures: z.array(figure).max(100_000),
});

export type Figure = z.infer<typeof figure>;

/** Enough for 100,000 figures. */
const mostBytes = 64 * 1024 * 1024;

/** What makes a figure that figure. */
export const keyOf = ({ target, compiler, digest }: Omit<Figure, 'instructions'>): string =>
  `${target}\n${compiler}\n${digest}`;

/** What a file has; no figures where they are of another version, whose kernels may be others. @throws CompileError E0915 */
export function readCache(path: string, name: string, version: string): readonly Figure[] {
  const refuse: Refuse = (message, details = {}) =>
    fail('E0915', `the tuning cache ${JSON.stringify(name)} ${message}`, {
      hint: 'remove the file to have it made anew, or take it from where it was committed',
      ...details,
    });
  const text = new TextDecoder().decode(readBoundedFile(path, mostBytes, refuse, refuse));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('is not JSON');
  }
  const parsed = cacheFile.safeParse(json);
  if (!parsed.success) return refuse('is not what effnetc writes', { notes: [z.prettifyError(parsed.error)] });
  return parsed.data.effnetc === version ? parsed.data.figures : [];
}

/** The file for figures: sorted, a line each, so that what is committed differs where figures do. */
export function cacheText(figures: Iterable<Figure>, version: string): string {
  const sorted = [...new Map([...figures].map(each => [keyOf(each), each])).values()].sort((a, b) =>
    textOf(a) < textOf(b) ? -1 : 1,
  );
  const lines = sorted.map(each => `    ${textOf(each)}`);
  return `{\n  "effnetc": ${JSON.stringify(version)},\n  "figures": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** With its fields in one order. */
export const textOf = ({ target, layer, kernel, compiler, digest, instructions }: Figure): string =>
  JSON.stringify({ target, layer, kernel, compiler, digest, instructions });

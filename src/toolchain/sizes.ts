import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../diagnostics/diagnostic.js';
import { packageRoot } from '../package-root.js';
import type { Build } from './build-firmware.js';

/** Sizes of the model with the library functions that it calls, in bytes; without startup and harness. */
export interface ModelSizes {
  readonly code: number;
  /** Tables whose name ends in `_weights`. */
  readonly weights: number;
  /** All other read-only data, and the initial values of variables. */
  readonly tables: number;
  /** Variables: the arena. */
  readonly arena: number;
  /** Bytes of code by function. */
  readonly functions: ReadonlyMap<string, number>;
}

/**
 * Measures the model of a build by linking it alone, from its entries: so that what a product would drop is dropped, and
 * what it pulls in of libgcc and of memcpy counts.
 *
 * @param build without trace hooks, for a board
 */
export async function measureSizes(build: Build, entries: readonly string[], directory: string): Promise<ModelSizes> {
  const { compiler, flags, modelObjects, libraryObjects } = build;
  copyFileSync(join(packageRoot(), 'templates', 'harness', 'sizes.ld'), join(directory, 'harness', 'sizes.ld'));
  await compiler.run('link the model', [
    ...[
      ...flags,
      '-nostdlib',
      '-nostartfiles',
      '-Wl,--gc-sections',
      `-Wl,-e,${entries[0]}`,
      ...entries.map(e => `-Wl,-u,${e}`),
      '-T',
      'harness/sizes.ld',
    ],
    ...[...modelObjects, ...libraryObjects, '-lgcc', '-o', 'sizes.elf'],
  ]);
  const sections = parseSections(await compiler.inspect('size', ['-A', 'sizes.elf']));
  const symbols = await compiler.inspect('nm', ['-S', 'sizes.elf']);
  const weights = parseWeights(symbols);
  const placed = (place: { readonly section: string } | undefined): number => sections.get(place?.section ?? '') ?? 0;
  const rodata = (sections.get('.rodata') ?? 0) + placed(build.placement?.weights);
  const data = sections.get('.data') ?? 0;
  invariant(weights <= rodata, `${weights} bytes of weights in ${rodata} bytes of read-only data`);
  return {
    code: sections.get('.text') ?? 0,
    weights,
    tables: rodata - weights + data,
    arena: data + (sections.get('.bss') ?? 0) + placed(build.placement?.arena),
    functions: parseFunctions(symbols),
  };
}

/** Sections and their sizes, of `size -A`: `.text   1234   0`. */
export function parseSections(text: string): ReadonlyMap<string, number> {
  const rows = text.matchAll(/^(\.\S+)\s+(\d+)\s+\d+$/gm);
  return new Map([...rows].map(([, name, size]) => [name ?? '', Number(size)]));
}

/** Bytes of all read-only symbols that end in `_weights`, of `nm -S`: `00000100 00000040 r l01_weights`. */
export function parseWeights(text: string): number {
  const rows = text.matchAll(/^[0-9a-f]+ ([0-9a-f]+) [rR] \w+_weights$/gm);
  return [...rows].reduce((sum, [, size]) => sum + Number.parseInt(size ?? '0', 16), 0);
}

/** Functions and their bytes, constants after their code included, of `nm -S`: `00000040 0000009c t l00_conv_1x1`. */
export function parseFunctions(text: string): ReadonlyMap<string, number> {
  const rows = text.matchAll(/^[0-9a-f]+ ([0-9a-f]+) [tT] (\S+)$/gm);
  return new Map([...rows].map(([, size, name]) => [name, Number.parseInt(size, 16)]));
}

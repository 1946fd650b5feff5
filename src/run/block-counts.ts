import type { CodeFunction } from '../timing/instruction.js';
import type { Firmware } from '../toolchain/firmware.js';

/** A line of the plugin's answer. */
export interface BlockCount {
  readonly begin: number;
  readonly last: number;
  readonly context: number;
  readonly runs: number;
  readonly jumps: number;
}

export interface BlockCounts {
  readonly blocks: readonly BlockCount[];
  /** Calls of layers. */
  readonly steps: number;
}

/** Reads what templates/plugin/block_counts.c wrote. Nothing where it is not complete. */
export function parseBlockCounts(text: string): BlockCounts | undefined {
  const blocks: BlockCount[] = [];
  let steps: number | undefined;
  for (const line of text.split('\n')) {
    const [word, ...fields] = line.split(' ');
    if (word === 'steps') steps = Number(fields[0]);
    if (word !== 'block') continue;
    const [begin, last] = fields.slice(0, 2).map(field => Number.parseInt(field, 16));
    const [context, runs, jumps] = fields.slice(3).map(Number);
    blocks.push({ begin, last, context, runs, jumps });
  }
  const whole = blocks.every(({ runs, jumps }) => Number.isSafeInteger(runs) && Number.isSafeInteger(jumps));
  return steps !== undefined && whole ? { blocks, steps } : undefined;
}

/** A function with its instructions, found by the address of one of them. */
export class CodeIndex {
  private readonly places = new Map<number, { readonly inside: CodeFunction; readonly at: number }>();

  constructor(functions: readonly CodeFunction[]) {
    for (const inside of functions) {
      for (const [at, { address }] of inside.instructions.entries()) this.places.set(address, { inside, at });
    }
  }

  /** The instructions of a block, and the function that it is in. Nothing where the listing has no such code. */
  find({ begin, last }: BlockCount) {
    const first = this.places.get(begin);
    const end = this.places.get(last);
    if (first === undefined || end === undefined || first.inside !== end.inside || end.at < first.at) return undefined;
    return { inside: first.inside, instructions: first.inside.instructions.slice(first.at, end.at + 1) };
  }
}

/** Numbers of contexts in which code runs; layer `l` is context `firstLayer + l`. */
export const contexts = { harness: 0, driver: 1, firstLayer: 2 } as const;

/** Functions of the harness: the one that measures, what runs it, and what it calls when all is done (profile_total.c). */
const measuring = 'ticks_of';
const harness: readonly string[] = [measuring, 'nothing', 'main'];
const afterwards = 'buffers_check';
/** The loop that pushes rows (config.h.hbs): what a caller has to do counts for the driver. */
const pushing = 'effnetc_harness_infer';

/** A symbol without what GCC adds to it for a copy or a part: `l15_dense.constprop.0`. */
export const sourceName = (symbol: string): string => symbol.split('.', 1)[0];

/**
 * Says what the plugin is to watch, in the words of templates/plugin/block_counts.c.
 *
 * A layer is known by the number of the step that it makes, not by its function: GCC may have made one of two that are alike.
 * The driver is what calls layers, and what a product calls; all other code counts for whoever calls it.
 *
 * @param entries symbols of what a product calls
 * @returns nothing where the image is not as expected
 */
export function blockPlan(
  firmware: Firmware,
  functions: readonly CodeFunction[],
  entries: readonly string[],
): string | undefined {
  const sorted = [...functions].sort((a, b) => a.address - b.address);
  const begin = sorted.find(({ name }) => name === measuring);
  const end = sorted.find(({ name }) => name === afterwards);
  const names = new Set(firmware.layers.map(({ functionName }) => functionName));
  const layers = sorted.filter(({ name }) => names.has(sourceName(name)));
  if (begin === undefined || end === undefined || layers.length === 0) return undefined;

  const own = new Set([...entries, pushing]);
  const rangesOf = (context: number, belongs: (f: CodeFunction) => boolean): string[] =>
    sorted.flatMap((f, i) =>
      belongs(f) ? [`range ${context} ${hex(f.address)} ${hex(sorted[i + 1]?.address ?? 2 ** 32)}`] : [],
    );
  const entered = new Set(layers.map(({ address }) => address));
  return [
    `contexts ${contexts.firstLayer + firmware.layers.length}`,
    `begin ${hex(begin.address)}`,
    `end ${hex(end.address)}`,
    ...rangesOf(contexts.harness, ({ name }) => harness.includes(name)),
    ...rangesOf(contexts.driver, f => own.has(f.name) || (!layers.includes(f) && callsAny(f, entered))),
    ...layers.map(({ address }) => `entry ${hex(address)}`),
    ...firmware.stepLayers.map(layer => `step ${contexts.firstLayer + layer}`),
  ]
    .map(line => `${line}\n`)
    .join('');
}

const hex = (address: number): string => address.toString(16);

/** Does it call or go to one of these addresses? */
function callsAny({ instructions }: CodeFunction, targets: ReadonlySet<number>): boolean {
  return instructions.some(({ mnemonic, operands }) => {
    const target = mnemonic.startsWith('b') ? /^[0-9a-f]+$/.exec(operands)?.[0] : undefined;
    return target !== undefined && targets.has(Number.parseInt(target, 16));
  });
}

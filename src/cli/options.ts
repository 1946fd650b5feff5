import { Option } from 'commander';
import { fail } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { roundings } from '../numeric/requantise.js';
import type { Goal, OrderGoal } from '../pipeline/index.js';
import { stageNames } from '../pipeline/stage.js';
import type { Entry } from '../toolchain/firmware.js';
import { formatCount } from './output.js';

/** Turns the text of an option into its value. @throws CompileError E0905 */
export type OptionParser<T> = (text: string) => T;

/** Names the option, the text given and what is accepted. */
function refuse(option: string, text: string, accepted: string, guess?: string): never {
  const hint = guess === undefined ? undefined : `did you mean ${guess}?`;
  return fail('E0905', `${option} does not take "${text}"`, { notes: [`accepted: ${accepted}`], hint });
}

/** A whole number in decimal digits, from `min` to `max`. */
export function wholeNumber(option: string, min: number, max: number): OptionParser<number> {
  return text => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return refuse(option, text, `a whole number from ${formatCount(min)} to ${formatCount(max)}`);
  };
}

/** A percentage such as 80.6. */
export function percentage(option: string): OptionParser<number> {
  return text => {
    const value = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    return value <= 100 ? value : refuse(option, text, 'a percentage from 0 to 100');
  };
}

/** The seed of an option that may stand without one. Such an option takes a model that follows it for its seed. */
function optionalSeed(option: string): OptionParser<number> {
  const number = wholeNumber(option, 0, 2 ** 32 - 1);
  return text =>
    /\.\w+$/.test(text) ? refuse(option, text, 'a seed, or nothing; the model goes before the option') : number(text);
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2 };
/** More than any microcontroller has; keeps sizes exact and sums in range. */
const maxBytes = 1024 ** 3;

/**
 * A size in bytes: `16384`, `16K`, `16KB`, `16KiB`, `1M`, `1.5K`, in any case. K is 1,024 in each spelling: data sheets
 * of microcontrollers mean that by "KB". The result is a whole number of bytes.
 */
export function byteCount(option: string): OptionParser<number> {
  return text => {
    const [, digits, unit = ''] = /^(\d{1,10}(?:\.\d{1,3})?)\s*(|B|[KM](?:i?B)?)$/i.exec(text) ?? [];
    const value = Number(digits) * (unitBytes[unit.charAt(0).toUpperCase()] ?? Number.NaN);
    if (Number.isInteger(value) && value >= 1 && value <= maxBytes) return value;
    return refuse(option, text, 'a size in bytes such as 16384, 16K, 16KB or 16KiB (all the same), up to 1024M');
  };
}

/** A path: anything but nothing, which a shell gives for a variable that is not set. */
const somePath =
  (option: string): OptionParser<string> =>
  text =>
    text.trim() === '' ? refuse(option, text, 'a path') : text;

/** `NAME=BITS`, separated by commas: widths by patterns of layer names. */
export function bitsRules<B extends number>(
  option: string,
  widths: readonly B[],
): OptionParser<readonly { readonly pattern: string; readonly bits: B }[]> {
  const accepted = `layers and bits (${widths.join(', ')}) such as *.pw=${widths[1]}, separated by commas`;
  return text =>
    text.split(',').map(rule => {
      const [, pattern, digits] = /^\s*([^\s=]+)\s*=\s*(\d{1,2})\s*$/.exec(rule) ?? [];
      const bits = widths.find(width => width === Number(digits));
      return bits === undefined || pattern === undefined ? refuse(option, text, accepted) : { pattern, bits };
    });
}

/** One of a few names, spelt exactly. */
export function oneOf<T extends string>(option: string, names: readonly T[]): OptionParser<T> {
  return text => names.find(name => name === text) ?? refuse(option, text, names.join(', '), nearest(text, names));
}

/** Some of a few names, separated by commas, each once; in the order given. */
export function listOf<T extends string>(option: string, names: readonly T[]): OptionParser<readonly T[]> {
  const accepted = `one or more of ${names.join(', ')}, separated by commas`;
  return text => {
    const found = text.split(',').map(word => {
      const name = names.find(candidate => candidate === word.trim());
      return name ?? refuse(option, text, accepted, nearest(word.trim(), names));
    });
    return new Set(found).size === found.length ? found : refuse(option, text, `${accepted}, each once`);
  };
}

/** Drivers that run generated C; `reference` besides, where one driver is chosen. */
export const driverNames = ['host', 'qemu', 'rp2040js'] as const;
export type DriverName = (typeof driverNames)[number];
export const optimizeGoals = ['speed', 'size', 'ram'] as const satisfies readonly Goal[];
export const entryNames = ['infer', 'push-row'] as const satisfies readonly Entry[];
export const orderNames = ['search', 'demand', 'layers'] as const satisfies readonly OrderGoal[];

const option = <T>(flags: string, description: string, parser?: OptionParser<T>): Option => {
  const made = new Option(flags, description);
  return parser ? made.argParser(parser) : made;
};

/**
 * The options that several commands share, each made anew for its command:
 * `command.addOption(sharedOptions.target().makeOptionMandatory())`.
 */
export const sharedOptions = {
  weights: () => option('--weights <file>', 'parameters of a model.ts: .npz or .safetensors'),
  randomWeights: () =>
    option('--random-weights [seed]', 'made-up parameters, before training', optionalSeed('--random-weights'))
      .preset('1')
      .conflicts('weights'),
  target: () => option('--target <name>', 'core or board; `effnetc targets` lists them'),
  output: (what: string) => option('-o, --output <path>', what, somePath('--output')),
  random: () =>
    option('--random <n>', 'vectors with random bytes to run besides', wholeNumber('--random', 0, 1_000_000)),
  limit: () => option('--limit <n>', 'take only the first n inputs', wholeNumber('--limit', 1, 1_000_000_000)),
  printAfter: () =>
    option(
      '--print-after <stage>',
      `print the network after a stage: ${stageNames.join(', ')}, or all`,
      oneOf('--print-after', [...stageNames, 'all'] as const),
    ),
  maxRam: () =>
    option(
      '--max-ram <bytes>',
      'most RAM for the arena (and rows kept between pushes): 16384, 16K, 16KB; not for input, output, stack',
      byteCount('--max-ram'),
    ),
  maxFlash: () =>
    option('--max-flash <bytes>', 'most flash for weights and tables; not for the code', byteCount('--max-flash')),
  drivers: () =>
    option('--driver <names>', `what runs the C: ${driverNames.join(', ')}`, listOf('--driver', driverNames)),
  driver: () =>
    option(
      '--driver <name>',
      `what computes: reference, ${driverNames.join(', ')}`,
      oneOf('--driver', ['reference', ...driverNames] as const),
    ),
  rounding: () =>
    option('--rounding <rule>', `requantisation rule: ${roundings.join(', ')}`, oneOf('--rounding', roundings)),
  compareRounding: () =>
    option(
      '--compare-rounding <rule>',
      `count the values that another rule would change: ${roundings.join(', ')}`,
      oneOf('--compare-rounding', roundings),
    ),
  entry: () =>
    option('--entry <name>', `how the input is handed in: ${entryNames.join(', ')}`, oneOf('--entry', entryNames)),
  countedEntry: () =>
    option(
      '--entry <name>',
      `the entry that limits of RAM are for; the C has all: ${entryNames.join(', ')}`,
      oneOf('--entry', entryNames),
    ),
  order: () => option('--order <name>', `order of steps: ${orderNames.join(', ')}`, oneOf('--order', orderNames)),
  tune: () => option('--tune', 'count kernels in emulation where several are near the best, and take what was counted'),
  tuneCache: () =>
    option(
      '--tune-cache <file>',
      'what --tune has counted, kept for the next time; implies --tune',
      somePath('--tune-cache'),
    ),
  consumeInput: () => option('--consume-input', 'the input may be overwritten, to need less RAM'),
  keepChannels: () =>
    option('--keep-channels', 'leave no channel out, not even those whose value is known or that nobody reads'),
  optimize: () =>
    option(
      '--optimize <goal>',
      `what kernels are chosen for: ${optimizeGoals.join(', ')}`,
      oneOf('--optimize', optimizeGoals),
    ),
} as const;

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InternalError } from '../diagnostics/diagnostic.js';
import { packageRoot } from '../package-root.js';
import { checkSources } from '../target/sources.js';
import { instructionKinds } from './kind.js';

/** A number, or the least and the most where the source gives a range. */
const amount = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])]);
export type Amount = z.infer<typeof amount>;

const cost = z.strictObject({
  /** Cycles until the next instruction can begin. */
  cycles: amount,
  /** More of them for each register of a list. */
  perRegister: amount.optional(),
  /** More of them when the next instruction is another than the one after it. */
  taken: amount.optional(),
});

const issued = cost.extend({
  /** Parts of the core that it needs, each for `busy` cycles, by default 1. */
  units: z.array(z.string()),
  busy: z.int().positive().optional(),
  /** Cycles until its result can be read. */
  latency: z.int().min(0),
  /** Cycles by which operands have to be there earlier. */
  early: z.int().positive().optional(),
  /** Issued with no other instruction. */
  alone: z.boolean().optional(),
  /** Not issued as the second of two. */
  first: z.boolean().optional(),
});

const head = {
  /** What estimates are named after. */
  name: z.string().min(1),
  /** Is this what the maker of the core documents, or what somebody else thinks of it? */
  basis: z.enum(['documented', 'approximation']),
  document: z.string().min(1),
  assumes: z.array(z.string().min(1)).min(1),
  sources: z.record(z.string(), z.string().min(1)),
};

/** Costs of instructions are added up; what neighbours do to each other is in a few rules. */
const additive = z.strictObject({
  ...head,
  model: z.literal('additive'),
  costs: z.partialRecord(z.enum(instructionKinds), cost),
  /** Cycles saved by a load or store after a load whose result is not its address. */
  pipelined: amount.optional(),
  /** Cycles lost by a load or store whose address the instruction before computed. */
  addressStall: amount.optional(),
});

/** Instructions are issued in order, several in a cycle where their operands and the units are there. */
const inOrder = z.strictObject({
  ...head,
  model: z.literal('in-order'),
  costs: z.partialRecord(z.enum(instructionKinds), issued),
  width: z.int().positive(),
  /** How many there are of each unit. */
  units: z.record(z.string(), z.int().positive()),
  /** Cycles by which registers of an address have to be there earlier. */
  addressEarly: z.int().min(0),
  /** Cycles by which what is added to may come later. */
  accumulatorLate: z.int().min(0),
  /** Cycles lost by a conditional branch that goes the rarer of its two ways. */
  mispredicted: amount.optional(),
});

/** A `targets/timing/NAME.json`, field by field; unknown fields are refused. */
export const timingFile = z.discriminatedUnion('model', [additive, inOrder]).superRefine((table, context) => {
  checkSources(table, (path, message) => context.addIssue({ code: 'custom', path: path.split('.'), message }));
  if (table.model === 'additive') return;
  for (const [kind, { units }] of Object.entries(table.costs)) {
    for (const unit of units) {
      if (table.units[unit] === undefined) {
        context.addIssue({ code: 'custom', path: ['costs', kind], message: `there is no unit '${unit}'` });
      }
    }
  }
});

export type AdditiveTable = z.infer<typeof additive>;
export type InOrderTable = z.infer<typeof inOrder>;
export type TimingTable = AdditiveTable | InOrderTable;

/** Which end of a range counts. */
export type Bound = 'low' | 'high';

export const amountOf = (value: Amount | undefined, bound: Bound): number =>
  value === undefined ? 0 : typeof value === 'number' ? value : value[bound === 'low' ? 0 : 1];

/** The timing table of a core, as in `-mcpu`; nothing where there is none. @throws InternalError for a broken file */
export function loadTiming(
  cpu: string,
  directory: string = join(packageRoot(), 'targets', 'timing'),
): TimingTable | undefined {
  const file = join(directory, `${cpu}.json`);
  if (!existsSync(file)) return undefined;
  const parsed = timingFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new InternalError(`targets/timing/${cpu}.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

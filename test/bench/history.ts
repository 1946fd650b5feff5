import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

/** What is measured of one inference on one target; sizes in bytes. */
const figures = {
  target: z.string(),
  /** Executed, not cycles. */
  instructions: z.int().positive(),
  flash: z.int().positive(),
  ram: z.int().positive(),
};

const historySchema = z.strictObject({
  model: z.string(),
  /** What others were measured to need, and where that is written. */
  baselines: z.array(z.strictObject({ by: z.string(), source: z.string(), ...figures })),
  /** What others published in cycles, on hardware: to stand beside an estimate. */
  published: z
    .array(
      z.strictObject({ by: z.string(), source: z.string(), target: z.string(), cyclesPerMac: z.number().positive() }),
    )
    .optional(),
  /** The newest row of a target is what it needs now; `why` says what changed. */
  rows: z.array(
    z.strictObject({
      date: z.iso.date(),
      why: z.string().min(10),
      ...figures,
      arena: z.int().nonnegative(),
      stack: z.int().positive(),
    }),
  ),
});

export type History = z.infer<typeof historySchema>;
export type Row = History['rows'][number];

const pathOf = (file: string): string => join(packageRoot(), 'test', 'bench', `${file}.json`);

/** @throws when the file is not what the schema says */
export function readHistory(file: string): History {
  return historySchema.parse(JSON.parse(readFileSync(pathOf(file), 'utf8')));
}

export function appendRow(file: string, row: Row): void {
  const history = readHistory(file);
  const text = JSON.stringify({ ...history, rows: [...history.rows, row] }, null, 2);
  writeFileSync(pathOf(file), `${text}\n`);
}

/** The newest row of a target. */
export const newest = ({ rows }: History, target: string): Row | undefined =>
  rows.filter(row => row.target === target).at(-1);

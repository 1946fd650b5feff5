import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InternalError } from '../diagnostics/diagnostic.js';
import { packageRoot } from '../package-root.js';

const family = z.strictObject({
  /** Bytes of code of a layer, and of each thing that is written out. */
  code: z.strictObject({ layer: z.int().min(0), unrolled: z.int().min(0) }),
  /** Hundredths of an instruction for each thing that the kernels of this family count (`Work` in src/kernels/kernel.ts). */
  hundredths: z.record(z.string(), z.int().min(0)),
});

/** A `targets/costs/CPU.json`: what the kernels take on a core. Written by `npm run calibrate-costs`. */
export const costFile = z.strictObject({
  core: z.string().min(1),
  measured: z.strictObject({
    command: z.string().min(1),
    compiler: z.string().min(1),
    emulator: z.string().min(1),
    /** How many layers the constants were fitted to. */
    layers: z.int().positive(),
  }),
  families: z.record(z.string(), family),
});

/** A core that executes what another one does: the file of that one counts. */
const sameCosts = z.strictObject({ core: z.string().min(1), sameAs: z.string().min(1), source: z.string().min(1) });

export type CostTable = z.infer<typeof costFile>;

/** The costs of a core, as in `-mcpu`; nothing where they were not measured. @throws InternalError for a broken file */
export function loadCosts(
  cpu: string | undefined,
  directory: string = join(packageRoot(), 'targets', 'costs'),
): CostTable | undefined {
  const file = join(directory, `${cpu}.json`);
  if (cpu === undefined || !existsSync(file)) return undefined;
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const same = sameCosts.safeParse(json);
  if (same.success) return loadCosts(same.data.sameAs, directory);
  const parsed = costFile.safeParse(json);
  if (!parsed.success) throw new InternalError(`targets/costs/${cpu}.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

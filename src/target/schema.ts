import { z } from 'zod';
import { checkSources } from './sources.js';
import type { Target } from './target.js';

/** Addresses are written in hexadecimal, as in every datasheet; JSON knows only decimal numbers. */
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,8}$/, 'expected an address such as "0x20000000"')
  .transform(Number);

const bytes = z.int().positive();

const region = z.strictObject({ origin: address, bytes });

const place = z.strictObject({
  section: z.string().regex(/^\.[A-Za-z_][A-Za-z0-9_.]*$/, 'expected the name of a section such as ".dtcm"'),
  region,
});

const timer = z.strictObject({
  kind: z.enum(['cmsdk', 'nrf', 'sse300']),
  address,
  hertz: z.int().positive(),
});

/** A `targets/NAME.json`, field by field; unknown fields are refused. */
const fields = z.strictObject({
  description: z.string().min(1),
  cpu: z.string().min(1).optional(),
  isa: z.array(z.enum(['thumb1', 'thumb2', 'dsp', 'mve'])),
  compiler: z.strictObject({ family: z.enum(['arm-none-eabi', 'host']), flags: z.array(z.string().startsWith('-')) }),
  budget: z.strictObject({ ramBytes: bytes, flashBytes: bytes }).optional(),
  memory: z.strictObject({ vectors: region.optional(), code: region, ram: region }).optional(),
  qemu: z.strictObject({ machine: z.string().min(1), arguments: z.array(z.string()), timer }).optional(),
  placement: z.strictObject({ arena: place.optional(), weights: place.optional() }).optional(),
  rp2040js: z.boolean(),
  sources: z.record(z.string(), z.string().min(1)),
});

/** Schema of a target file. The name is the file's. */
export const targetFile = fields.superRefine((target, context) => {
  const problem = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: path.split('.'), message });
  };
  checkSources(target, problem);
  const isArm = target.compiler.family === 'arm-none-eabi';
  if (isArm && target.cpu === undefined) problem('cpu', 'needed for the compiler family arm-none-eabi');
  if (target.placement !== undefined && target.memory === undefined) problem('memory', 'needed for placement');
  if (target.qemu !== undefined && target.memory === undefined) problem('memory', 'needed for emulation');
}) satisfies z.ZodType<Omit<Target, 'name'>>;

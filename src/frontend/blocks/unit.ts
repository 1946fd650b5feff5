import { z } from 'zod';
import type { Node } from '../../ir/graph.js';
import { activationSchema } from '../../ops/shared/activation.js';
import type { BlockCall } from './block.js';

/** What the options of several blocks have in common. */

export const count = z.int().min(1).max(65536);

/** Kinds that can stand alone: all options besides may be left out. */
const plainKinds = activationSchema.options
  .map(({ shape }) => shape.kind.value)
  .filter(kind => activationSchema.safeParse({ kind }).success);

/** As `activation(x, ...)` takes it: an object, or a kind that can stand alone. */
export const activationOption = z.union([z.enum(plainKinds), activationSchema]);

export type ActivationOption = z.infer<typeof activationOption>;

/** A size per axis, or one for both. */
export const perAxisOption = z.union([count, z.tuple([count, count])]);

/** How the convs of a block are dressed. */
export const unitOptions = {
  batchNorm: z.enum(['before', 'after', 'none']).default('before'),
  epsilon: z.number().positive().max(1).optional(),
  bias: z.boolean().optional(),
};

export interface UnitOptions {
  readonly batchNorm: 'before' | 'after' | 'none';
  readonly epsilon?: number | undefined;
  readonly bias?: boolean | undefined;
}

/** One conv of a block. */
export interface UnitRequest {
  /** What stands after the name of the block: `pw` in `block1.pw`. */
  readonly part: string;
  readonly kind: 'conv' | 'depthwiseConv';
  readonly options: Readonly<Record<string, unknown>>;
  readonly from: Node;
  readonly activation: ActivationOption;
}

/**
 * A conv with its batch norm and activation, in the order that the block's options say. Named as a PyTorch state dict has it:
 * `<name>.<part>` is also `<name>.<part>.0`, as conv, norm and activation of a Sequential count.
 */
export function unit(
  { name, options, emit }: BlockCall<UnitOptions>,
  { part, kind, options: convOptions, from, activation }: UnitRequest,
): Node {
  const base = `${name}.${part}`;
  const { batchNorm, epsilon } = options;
  let index = 0;
  const add = (op: string, suffix: string, input: Node, opOptions: Readonly<Record<string, unknown>>) =>
    emit(op, { name: `${base}${suffix}`, inputs: [input], options: opOptions, aliases: [`${base}.${index++}`] });
  const norm = (input: Node) => add('batchNorm', '.bn', input, epsilon === undefined ? {} : { epsilon });

  let y = add(kind, '', from, { ...convOptions, bias: options.bias ?? batchNorm === 'none' });
  if (batchNorm === 'before') y = norm(y);
  const act = typeof activation === 'string' ? { kind: activation } : activation;
  // An identity takes no node, but keeps its place in the count.
  if (act.kind === 'identity') index++;
  else y = add('activation', '.act', y, act);
  if (batchNorm === 'after') y = norm(y);
  return y;
}

/** A stride that leaves nothing out. */
export const isOne = (stride: z.infer<typeof perAxisOption>): boolean =>
  typeof stride === 'number' ? stride === 1 : stride.every(step => step === 1);

import type { z } from 'zod';
import type { Node } from '../../ir/graph.js';

/** An op that a block adds. */
export interface EmitRequest {
  /** Left out, it is made from the kind of op. */
  readonly name?: string | undefined;
  readonly inputs: readonly Node[];
  /** As a model would write them, without `name`. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Other names under which a weights file may have the parameters. */
  readonly aliases?: readonly string[] | undefined;
}

/** One call of a block in a model description. */
export interface BlockCall<O> {
  /** Prefix of the names of the block's ops; empty where the model gave none to a block that needs none. */
  readonly name: string;
  /** Validated, without `name`. */
  readonly options: O;
  readonly inputs: readonly Node[];
  /** Adds an op, by its name in the vocabulary. It gets the span of the block's call. */
  emit(kind: string, request: EmitRequest): Node;
  /** Reports E0201 at an option, for what the schema alone cannot tell. */
  refuse(option: string, message: string): never;
}

/** A function of the vocabulary that stands for several ops. A row of the block table. */
export interface BlockDefinition<O = unknown> {
  readonly kind: string;
  /** One line for the docs. */
  readonly summary: string;
  /** Number of tensors that it takes. */
  readonly arity: number;
  /** The block is a single op, which can be named after its kind. */
  readonly unnamed?: boolean;
  /** Schema of the options without `name`. */
  readonly options: z.ZodType<O>;
  /** @returns the node whose tensor is the result of the block */
  build(call: BlockCall<O>): Node;
}

/**
 * Forgets the type of a block's options, so that blocks fit one table. Sound because `build` only ever gets what `options`
 * has parsed.
 */
export function defineBlock<O>(definition: BlockDefinition<O>): BlockDefinition {
  return definition;
}

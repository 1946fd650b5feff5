import { fail } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import { type InputSet, inputAt } from '../frontend/arrays/images.js';
import type { Node } from '../ir/graph.js';
import { byteCount, dtypeBytes } from '../ir/tensor.js';
import { inputMeaning, toQuantised } from '../quantize/inputs.js';
import { extremeVectors, randomVectors } from '../run/vectors.js';
import { readModelInputs } from './model-inputs.js';

/** Vectors of raw input bytes: first the user's, then random ones with the extremes before. */
export interface Vectors {
  readonly all: readonly Uint8Array[];
  /** How many of them came from the user. */
  readonly given: number;
}

export interface WantedVectors {
  readonly inputs?: string | undefined;
  readonly limit?: number | undefined;
  readonly random: number;
}

/** @param source the input node of an integer graph. @throws CompileError E0914 when there would be none */
export function collectVectors(source: Node, session: Session, wanted: WantedVectors): Vectors {
  const given = wanted.inputs === undefined ? [] : readVectors(wanted.inputs, source, session, wanted.limit);
  const bytes = byteCount(source.type);
  const made =
    wanted.random > 0
      ? [...extremeVectors(bytes, dtypeBytes[source.type.dtype]), ...randomVectors(wanted.random, bytes)]
      : [];
  if (given.length + made.length === 0) {
    fail('E0914', 'there are no vectors to run: --random is 0, and no --inputs are given', {
      hint: 'leave --random out, or give --inputs x.npy',
    });
  }
  return { all: [...given, ...made], given: given.length };
}

/** The inputs of an .npy as the integer graph takes them. */
export function readVectors(
  path: string,
  source: Node,
  session: Session,
  limit = Number.POSITIVE_INFINITY,
): Uint8Array[] {
  return vectorsOf(readModelInputs(path, source, session), source, limit);
}

/** Inputs as the integer graph of this input node takes them. */
export function vectorsOf(inputs: InputSet, source: Node, limit = Number.POSITIVE_INFINITY): Uint8Array[] {
  const meaning = inputMeaning(source);
  return Array.from({ length: Math.min(inputs.count, limit) }, (_, i) =>
    bytesOf(toQuantised(inputs.kind, inputAt(inputs, i), meaning)),
  );
}

const bytesOf = (values: Int8Array | Int16Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

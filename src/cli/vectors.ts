import { fail } from '../diagnostics/diagnostic.js';
import { inputAt, readInputs } from '../frontend/arrays/images.js';
import { readNpy } from '../frontend/arrays/npy.js';
import type { Graph } from '../ir/graph.js';
import { byteCount, type TensorType } from '../ir/tensor.js';
import { toInt8 } from '../quantize/inputs.js';
import type { Tensors } from '../run/reference.js';
import { extremeVectors, randomVectors } from '../run/vectors.js';

/** Vectors of raw input bytes: first the user's, then random ones with the extremes in front. */
export interface Vectors {
  readonly all: readonly Uint8Array[];
  /** How many of them came from the user. */
  readonly given: number;
}

export function collectVectors(
  type: TensorType,
  wanted: { readonly inputs?: string | undefined; readonly limit?: number | undefined; readonly random: number },
): Vectors {
  const given = wanted.inputs === undefined ? [] : readVectors(wanted.inputs, type, wanted.limit);
  const bytes = byteCount(type);
  const made = wanted.random > 0 ? [...extremeVectors(bytes), ...randomVectors(wanted.random, bytes)] : [];
  return { all: [...given, ...made], given: given.length };
}

/** The inputs of an .npy as the integer graph takes them. */
export function readVectors(path: string, type: TensorType, limit = Number.POSITIVE_INFINITY): Uint8Array[] {
  const inputs = readInputs(path, type.shape);
  const quantisation = type.quantisation ?? { scale: 1, zeroPoint: 0 };
  return Array.from({ length: Math.min(inputs.count, limit) }, (_, i) =>
    bytesOf(toInt8(inputs.kind, inputAt(inputs, i), quantisation)),
  );
}

const bytesOf = (values: Int8Array) => new Uint8Array(values.buffer, values.byteOffset, values.length);

export interface ExpectedReport {
  readonly vectors: number;
  readonly equal: number;
  readonly maxAbsDiff: number;
  readonly differing: number;
}

/** Holds the reference's outputs against those of another implementation. @throws CompileError E0912 */
export function compareExpected(path: string, graph: Graph, reference: readonly Tensors[]): ExpectedReport {
  const { data, shape } = readNpy(path);
  const count = data.length / Math.max(shape[0] ?? 0, 1);
  const outputs = reference.map(tensors => tensors.get(graph.output) ?? new Int8Array());
  if ((shape[0] ?? 0) < outputs.length || outputs.some(output => output.length !== count)) {
    fail(
      'E0912',
      `${path} has shape [${shape.join(', ')}], which does not fit ${outputs.length} outputs of ${outputs[0]?.length ?? 0} elements`,
      {
        hint: 'give one row of outputs for each input of --inputs',
      },
    );
  }
  let equal = 0;
  let differing = 0;
  let maxAbsDiff = 0;
  for (const [v, output] of outputs.entries()) {
    const before = differing;
    for (let i = 0; i < output.length; i++) {
      const difference = Math.abs(output[i] - data[v * count + i]);
      if (difference > 0) differing++;
      maxAbsDiff = Math.max(maxAbsDiff, difference);
    }
    if (differing === before) equal++;
  }
  return { vectors: outputs.length, equal, maxAbsDiff, differing };
}

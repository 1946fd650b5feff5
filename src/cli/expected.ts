import { fail } from '../diagnostics/diagnostic.js';
import { numberType } from '../emit/describe.js';
import type { NumericArray } from '../frontend/arrays/elements.js';
import { readNpy } from '../frontend/arrays/npy.js';
import { formatDims, quoteName } from '../frontend/arrays/quote.js';
import type { Tensors } from '../interpreter/reference.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';

export interface ExpectedReport {
  readonly vectors: number;
  readonly equal: number;
  readonly maxAbsDiff: number;
  readonly differing: number;
}

/** Outputs of another implementation, one row for each vector: of the type and size of the model's own. */
export interface ExpectedOutputs {
  readonly rows: number;
  readonly elements: number;
  readonly data: NumericArray['data'];
}

/**
 * Reads `--expect`.
 *
 * @param inputs how many inputs there are
 * @param limited rows after the last input are no mistake, since --limit has left inputs out
 * @throws CompileError E0401 to E0403 (see readNpy), E0912 for another shape or element type
 */
export function readExpected(path: string, graph: Graph, inputs: number, limited: boolean): ExpectedOutputs {
  const { dtype, data, shape } = readNpy(path);
  const { type } = new GraphIndex(graph).node(graph.output);
  const what = `expected outputs ${quoteName(path)}`;
  if (dtype !== type.dtype) {
    const numpy = type.dtype === 'i32' ? 'int32' : numberType(type);
    const wanted = type.dtype === 'i32' ? 'int32, the index of argmax' : numpy;
    fail('E0912', `${what} have elements of type ${dtype}, where the model's outputs are ${wanted}`, {
      hint:
        dtype === 'f32' || dtype === 'f64'
          ? 'give the integers that the other implementation computes, not real values'
          : `store them as they are computed: y.astype(np.${numpy}), where every value fits`,
    });
  }
  const rows = shape[0] ?? 0;
  const elements = elementCount(type.shape);
  const fits = data.length === rows * elements && (limited ? rows >= inputs : rows === inputs);
  if (!fits) {
    fail('E0912', `${what} have shape ${formatDims(shape)}, where ${inputs} outputs of ${elements} are wanted`, {
      hint: 'give one row of outputs for each input of --inputs',
    });
  }
  return { rows, elements, data };
}

/** Holds the reference's outputs against those of another implementation. */
export function compareExpected(
  { data, elements }: ExpectedOutputs,
  graph: Graph,
  reference: readonly Tensors[],
): ExpectedReport {
  let equal = 0;
  let differing = 0;
  let maxAbsDiff = 0;
  for (const [v, tensors] of reference.entries()) {
    const output = tensors.get(graph.output) ?? new Int8Array();
    const before = differing;
    for (let i = 0; i < elements; i++) {
      const difference = Math.abs(output[i] - data[v * elements + i]);
      if (difference !== 0) differing++;
      maxAbsDiff = Math.max(maxAbsDiff, difference);
    }
    if (differing === before) equal++;
  }
  return { vectors: reference.length, equal, maxAbsDiff, differing };
}

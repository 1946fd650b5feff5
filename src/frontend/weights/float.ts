import { invariant } from '../../diagnostics/diagnostic.js';
import { type FloatGraph, GraphIndex } from '../../ir/graph.js';
import type { ParameterForm } from '../../ops/op.js';
import { permute } from '../arrays/permute.js';
import type { OpLookup } from './bind.js';
import { writeSafetensors } from './safetensors.js';
import type { FileTensor } from './weights-file.js';

/** The float parameters of a graph under their PyTorch names and in PyTorch's layouts, as `bindWeights` reads them. */
export function writeFloatWeights(graph: FloatGraph, lookup: OpLookup): Uint8Array {
  const index = new GraphIndex(graph);
  const tensors = new Map<string, Pick<FileTensor, 'dtype' | 'shape' | 'data'>>();
  for (const node of graph.nodes) {
    const shapes = index.inputTypes(node).map(type => type.shape);
    for (const { role, forms } of lookup(node).parameters?.(node, shapes) ?? []) {
      const form = forms.find(({ convention }) => convention === 'pytorch');
      const data = node.constants[role]?.data;
      invariant(form !== undefined && data instanceof Float32Array, `${node.name} has its ${role} in float`);
      tensors.set(`${node.name}.${form.suffix}`, {
        dtype: 'f32',
        shape: form.fileShape,
        data: inFileOrder(data, form),
      });
    }
  }
  return writeSafetensors(tensors);
}

/** Undoes the transposition of {@link ParameterForm}. */
function inFileOrder(data: Float32Array, { fileShape, view = fileShape, axes }: ParameterForm): Float32Array {
  if (axes === undefined) return data;
  const inverse = view.map((_, axis) => axes.indexOf(axis));
  const shape = axes.map(axis => view[axis]);
  return permute(data, shape, inverse).data;
}

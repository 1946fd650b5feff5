import { invariant } from '../../diagnostics/diagnostic.js';
import type { Session } from '../../diagnostics/session.js';
import type { Constant } from '../../ir/tensor.js';
import type { ParameterForm } from '../../ops/op.js';
import { elementsOf, positionOf } from '../arrays/elements.js';
import { permute } from '../arrays/permute.js';
import { formatDims, quoteName } from '../arrays/quote.js';
import { conventionName, describeParameter, type Match, type Wanted } from './match.js';
import type { FileTensor } from './weights-file.js';

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** What another shape may come from: another framework's layout, or axes in another order. */
function layoutNotes({ spec, forms, tensor }: Match): string[] {
  const other = spec.forms.find(form => !forms.includes(form) && sameDims(form.fileShape, tensor.shape));
  if (other !== undefined) {
    const name = conventionName(other);
    return [`${formatDims(tensor.shape)} is the layout of ${name}, where the tensor is called '${other.suffix}'`];
  }
  if (sameDims(spec.shape, tensor.shape)) return [`${formatDims(tensor.shape)} is the layout inside effnetc`];
  const sorted = (dims: readonly number[]) => dims.toSorted((a, b) => a - b);
  const reordered = forms.find(form => sameDims(sorted(form.fileShape), sorted(tensor.shape)));
  return reordered === undefined ? [] : ['these are the expected dimensions in another order: transpose the array'];
}

/** The form that the tensor is in; undefined and E0306 when its shape fits none. */
export function chooseForm(match: Match, session: Session): ParameterForm | undefined {
  const { forms, tensor, node, spec } = match;
  const fitting = forms.find(form => sameDims(form.fileShape, tensor.shape));
  if (fitting !== undefined) return fitting;
  const dims = new Set(forms.map(form => formatDims(form.fileShape)));
  // Vectors look alike everywhere; layouts are worth naming where they differ.
  const expected = spec.forms.every(form => dims.has(formatDims(form.fileShape)))
    ? [...dims]
    : forms.map(form => `${formatDims(form.fileShape)} (${conventionName(form)})`);
  session.error(
    'E0306',
    `${describeParameter(match)} has shape ${formatDims(tensor.shape)}, expected ${expected.join(' or ')}`,
    { span: node.span, notes: [`it is the tensor ${quoteName(tensor.name)}`, ...layoutNotes(match)] },
  );
  return undefined;
}

/** Reports E0307 when a value is not finite, in the file or (`converted`) as float32. */
export function checkFinite(
  want: { readonly label: string; readonly span: Wanted['node']['span'] },
  tensor: FileTensor,
  converted: ArrayLike<number>,
  session: Session,
): void {
  let first = -1;
  let count = 0;
  for (let i = 0; i < converted.length; i++) {
    if (Number.isFinite(converted[i])) continue;
    if (count++ === 0) first = i;
  }
  if (count === 0) return;
  const overflow = Number.isFinite(tensor.data[first]) ? ', too large for float32' : '';
  session.error(
    'E0307',
    `${want.label} has ${count === 1 ? 'a value that is' : `${count} values that are`} not finite`,
    {
      span: want.span,
      notes: [
        `tensor ${quoteName(tensor.name)} is ${tensor.data[first]}${overflow} at ${formatDims(positionOf(first, tensor.shape))}${count > 1 ? ', the first of them' : ''}`,
      ],
    },
  );
}

/** Reports E0314 when a value is below the least that the op can take. */
function checkMinimum(match: Match, values: ArrayLike<number>, session: Session): void {
  const { tensor, spec, node } = match;
  const { minimum } = spec;
  if (minimum === undefined) return;
  const first = Array.from(values).findIndex(value => value < minimum);
  if (first < 0) return;
  session.error('E0314', `${describeParameter(match)} has a value below ${minimum}`, {
    span: node.span,
    notes: [`tensor ${quoteName(tensor.name)} is ${values[first]} at ${formatDims(positionOf(first, tensor.shape))}`],
  });
}

/** The parameter as the IR has it: float32, in the order of the IR's axes. Integers become floats of the same value. */
export function toConstant(match: Match, form: ParameterForm, session: Session): Constant {
  const { tensor, spec, node } = match;
  const values = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data);
  checkFinite({ label: describeParameter(match), span: node.span }, tensor, values, session);
  checkMinimum(match, values, session);
  const view = form.view ?? form.fileShape;
  invariant(elementsOf(view) === values.length, `view [${view}] of ${spec.role} does not fit its file shape`);
  // What comes out may still have the IR's dimensions merged or split, as [C, m, h, w] for [C * m, h, w, 1].
  const { data } = permute(values, view, form.axes ?? view.map((_, axis) => axis));
  invariant(
    elementsOf(spec.shape) === data.length,
    `${form.convention} form of ${spec.role} of ${node.op} is no [${spec.shape}]`,
  );
  return { dtype: 'f32', shape: spec.shape, data };
}

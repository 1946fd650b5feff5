import type { Session } from '../../diagnostics/session.js';
import type { Node } from '../../ir/graph.js';
import type { ParameterForm, ParameterSpec } from '../../ops/op.js';
import { quoteList, quoteName } from '../arrays/quote.js';
import { matchLevels, nearestHint, TensorNames, wholeNameLevels } from './tensor-names.js';
import type { FileTensor, WeightsFile } from './weights-file.js';

/** A parameter that an op wants. */
export interface Wanted {
  readonly node: Node;
  readonly spec: ParameterSpec;
}

/** The tensor that was found for it, and the forms whose name it bears. */
export interface Match extends Wanted {
  readonly tensor: FileTensor;
  readonly forms: readonly ParameterForm[];
}

interface Candidate {
  readonly name: string;
  readonly form: ParameterForm;
}

const conventionNames = { pytorch: 'PyTorch', keras: 'Keras', effnetc: 'effnetc' } as const;

/** `PyTorch`, as messages call the convention. */
export function conventionName(form: ParameterForm): string {
  return conventionNames[form.convention];
}

/** `weight of conv 'block1.pw'`. */
export function describeParameter({ node, spec }: Wanted): string {
  return `${spec.role} of ${node.op} ${quoteName(node.name)}`;
}

/** Names under which the file may have the parameter, best first. */
function candidatesFor({ node, spec }: Wanted): readonly Candidate[] {
  const ops = [node.name, ...(node.aliases ?? [])];
  const plain = ops.flatMap(op => spec.forms.map(form => ({ name: `${op}.${form.suffix}`, form })));
  // In Keras the batch norm after a layer is a layer, by custom named after the first one.
  const keras = spec.forms.filter(form => form.convention === 'keras');
  return [...plain, ...ops.flatMap(op => keras.map(form => ({ name: `${op}_bn.${form.suffix}`, form })))];
}

/**
 * Finds the tensor of each wanted parameter. A stronger match of any op goes before a weaker one of another, so that the op
 * `conv` does not take `block1.conv.weight` from the op `block1.conv`.
 * Reports E0305 (missing), E0309 (claimed by two) and E0310 (ambiguous).
 * @returns the matches in the order of `wanted`, and every tensor that was found or stands in one of these diagnostics
 */
export function matchTensors(
  wanted: readonly Wanted[],
  file: WeightsFile,
  session: Session,
): { readonly matches: readonly Match[]; readonly claimed: ReadonlySet<FileTensor> } {
  const names = new TensorNames(file.tensors.values());
  const candidates = new Map(wanted.map(want => [want, candidatesFor(want)]));
  const owners = new Map<FileTensor, Wanted>();
  const mentioned = new Set<FileTensor>();
  const decided = new Map<Wanted, Match | undefined>();

  for (const level of matchLevels) {
    for (const [want, list] of candidates) {
      if (decided.has(want)) continue;
      for (const { name } of list) {
        const free = names.find(level, name).filter(tensor => !owners.has(tensor));
        if (free.length === 0) continue;
        if (free.length > 1) {
          session.error('E0310', `${describeParameter(want)} matches several tensors of ${quoteName(file.path)}`, {
            span: want.node.span,
            notes: [`${quoteName(name)} could be ${quoteList(free.map(tensor => tensor.name))}`],
            hint: 'use the full name of the layer as the name of the op',
          });
          for (const tensor of free) mentioned.add(tensor);
          decided.set(want, undefined);
          break;
        }
        const [tensor] = free;
        const forms = list.filter(other => names.find(level, other.name).includes(tensor)).map(other => other.form);
        owners.set(tensor, want);
        decided.set(want, { ...want, tensor, forms: [...new Set(forms)] });
        break;
      }
    }
  }

  const claimed = new Set([...owners.keys(), ...mentioned]);
  const unclaimed = [...file.tensors.values()].filter(tensor => !claimed.has(tensor)).map(tensor => tensor.name);
  for (const [want, list] of candidates) {
    if (decided.has(want)) continue;
    const taken = list
      .flatMap(({ name }) => wholeNameLevels.flatMap(level => names.find(level, name)))
      .find(tensor => owners.has(tensor));
    const owner = taken && owners.get(taken);
    if (owner !== undefined) reportConflict(want, owner, taken?.name ?? '', session);
    else reportMissing(want, list, unclaimed, file, session);
  }
  const matches = wanted.flatMap(want => decided.get(want) ?? []);
  return { matches, claimed };
}

function reportConflict(want: Wanted, owner: Wanted, tensor: string, session: Session): void {
  session.error(
    'E0309',
    `${describeParameter(want)} matches the tensor ${quoteName(tensor)}, which another op has taken`,
    {
      span: want.node.span,
      notes: [{ message: `taken as the ${describeParameter(owner)}`, span: owner.node.span }],
      hint: 'give the two ops names that differ in more than separators',
    },
  );
}

function reportMissing(
  want: Wanted,
  candidates: readonly Candidate[],
  unclaimed: readonly string[],
  file: WeightsFile,
  session: Session,
): void {
  const tried = new Map<string, Set<string>>();
  for (const { name, form } of candidates) {
    const list = tried.get(conventionName(form)) ?? new Set();
    tried.set(conventionName(form), list.add(name));
  }
  session.error('E0305', `${describeParameter(want)} is not in the weights file ${quoteName(file.path)}`, {
    span: want.node.span,
    notes: [...tried].map(([convention, list]) => `looked for ${quoteList([...list], 4)} (${convention})`),
    hint: nearestHint(
      candidates.map(candidate => candidate.name),
      unclaimed,
    ),
  });
}

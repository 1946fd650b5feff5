import { fail } from '../../diagnostics/diagnostic.js';
import type { Session } from '../../diagnostics/session.js';
import { type FloatGraph, GraphIndex, type Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { OpDefinition, ParameterForm } from '../../ops/op.js';
import { quoteList, quoteName } from '../arrays/quote.js';
import { chooseForm, toConstant } from './convert.js';
import { type Match, matchTensors, type Wanted } from './match.js';
import { isQuantisedFormat } from './quantised-metadata.js';
import { isIgnored } from './tensor-names.js';
import type { FileTensor, WeightsFile } from './weights-file.js';

/** The op table, as far as binding needs it. */
export type OpLookup = (node: Pick<Node, 'op'>) => OpDefinition;

/** Added to variances where model.ts leaves it to the framework: the defaults of PyTorch and of Keras. */
const defaultEpsilon = { pytorch: 1e-5, keras: 1e-3, effnetc: 1e-5 } as const;

interface BoundParameter {
  readonly match: Match;
  readonly form: ParameterForm;
  readonly constant: Constant;
}

/** Reports E0308 for all tensors that nobody wants, in one error. */
export function reportExtraTensors(
  file: WeightsFile,
  claimed: ReadonlySet<FileTensor>,
  graph: FloatGraph,
  session: Session,
): void {
  const extra = [...file.tensors.values()].filter(tensor => !claimed.has(tensor) && !isIgnored(tensor.name));
  if (extra.length === 0) return;
  const count = extra.length === 1 ? 'a tensor' : `${extra.length} tensors`;
  session.error('E0308', `the weights file ${quoteName(file.path)} has ${count} that no op of '${graph.name}' takes`, {
    notes: [quoteList(extra.map(tensor => tensor.name))],
    hint: 'save the parameters of the network alone, without the optimiser, and check the names of the ops',
  });
}

/** The convention under which all parameters of a node were found; `bias` alone is the same in PyTorch and in Keras. */
function conventionOf(bound: readonly BoundParameter[]): ParameterForm['convention'] {
  const perParameter = bound.map(({ match }) => match.forms.map(form => form.convention));
  const common = perParameter[0].find(convention => perParameter.every(list => list.includes(convention)));
  return common ?? bound[0].form.convention;
}

/** The node with the epsilon of the convention, where model.ts gives none: 0 stands for "by convention". */
export function withEpsilon(node: Node, convention: ParameterForm['convention']): Node {
  if (node.attributes.epsilon !== 0) return node;
  return { ...node, attributes: { ...node.attributes, epsilon: defaultEpsilon[convention] } };
}

function bindNode(node: Node, bound: readonly BoundParameter[]): Node {
  if (bound.length === 0) return node;
  const constants = Object.fromEntries(bound.map(({ match, constant }) => [match.spec.role, constant]));
  return { ...withEpsilon(node, conventionOf(bound)), constants };
}

/**
 * Binds the parameters of a float graph to the tensors of a weights file, under their PyTorch or Keras names and layouts.
 * @returns the graph with float32 constants in the layout of the IR, and each epsilon of 0 replaced by the framework's default
 * @throws CompileError with all of E0305 to E0310 that were found, or with E0312 when the file is a quantised one
 */
export function bindWeights(graph: FloatGraph, file: WeightsFile, lookup: OpLookup, session: Session): FloatGraph {
  if (isQuantisedFormat(file)) {
    fail('E0312', `the weights file ${quoteName(file.path)} is quantised, where the float weights are needed`, {
      hint: 'give the file that `effnetc quantize` was given',
    });
  }
  const index = new GraphIndex(graph);
  const wanted: Wanted[] = graph.nodes.flatMap(node => {
    const shapes = index.inputTypes(node).map(type => type.shape);
    return (lookup(node).parameters?.(node, shapes) ?? []).map(spec => ({ node, spec }));
  });
  const { matches, claimed } = matchTensors(wanted, file, session);
  const byNode = new Map<Node, BoundParameter[]>();
  for (const match of matches) {
    const form = chooseForm(match, session);
    if (form === undefined) continue;
    const bound = { match, form, constant: toConstant(match, form, session) };
    byNode.set(match.node, [...(byNode.get(match.node) ?? []), bound]);
  }
  reportExtraTensors(file, claimed, graph, session);
  session.stopOnErrors();
  return { ...graph, nodes: graph.nodes.map(node => bindNode(node, byNode.get(node) ?? [])) };
}

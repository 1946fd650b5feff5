import { CompileError, InternalError } from '../diagnostics/diagnostic.js';
import type { Graph, GraphForm, Node } from '../ir/graph.js';
import { activationType, fitsBits, formatShape, sameShape } from '../ir/tensor.js';
import { opOf, opTable } from './index.js';

/**
 * Holds a graph against the rules of the IR. Runs after every stage; a violation is effnetc's own fault.
 *
 * - names are unique, every input stands before its reader, the output exists, there is one source
 * - each op is in the table, with the number of inputs and the attributes that it declares
 * - each shape is what the op infers from its inputs
 * - int8 and int16 tensors have a scale > 0 and a zero point of their type, 0 for int16; other types have neither
 * - int16 tensors are made and read by ops that take them, which then read nothing else
 * - tensors and constants are of the types of the form: float32 alone in a float graph, no float32 in an integer graph
 * - constants have as many elements as their shape says, and those of fewer bits only values that fit
 *
 * @throws InternalError that names the stage and the node
 */
export function verifyGraph<F extends GraphForm>(graph: Graph<F>, stage: string): Graph<F> {
  const seen = new Map<string, Node>();
  const sources = graph.nodes.filter(node => opOf(node).traits.source === true);
  for (const node of graph.nodes) {
    const problem = problemOf(node, seen) ?? formProblem(node, graph.form);
    if (problem !== undefined) throw new InternalError(`after ${stage}: ${node.op} '${node.name}': ${problem}`);
    seen.set(node.name, node);
  }
  if (sources.length !== 1) {
    const names = sources.map(({ name }) => `'${name}'`).join(' and ');
    throw new InternalError(`after ${stage}: ${sources.length === 0 ? 'there is no source' : `${names} are sources`}`);
  }
  if (!seen.has(graph.output)) throw new InternalError(`after ${stage}: there is no output '${graph.output}'`);
  return graph;
}

function problemOf(node: Node, seen: ReadonlyMap<string, Node>): string | undefined {
  const op = opTable.get(node.op);
  if (op === undefined) return 'no such op';
  if (seen.has(node.name)) return 'the name is taken';
  const { length } = node.inputs;
  if (op.variadic ? length < op.arity : length !== op.arity) return `${length} inputs instead of ${op.arity}`;
  const missing = node.inputs.find(name => !seen.has(name));
  if (missing !== undefined) return `reads '${missing}' before it is made`;
  const parsed = op.attributes.safeParse(node.attributes);
  if (!parsed.success) return parsed.error.issues.map(i => `${i.path.join('.')}: ${i.message}`).join('; ');
  return shapeProblem(node, seen) ?? typeProblem(node) ?? int16Problem(node, seen) ?? constantProblem(node);
}

function shapeProblem(node: Node, seen: ReadonlyMap<string, Node>): string | undefined {
  const shapes = node.inputs.map(name => seen.get(name)?.type.shape).filter(shape => shape !== undefined);
  try {
    const expected = opOf(node).inferShape(node, shapes);
    if (expected === undefined || sameShape(expected, node.type.shape)) return undefined;
    return `shape ${formatShape(node.type.shape)}, its inputs give ${formatShape(expected)}`;
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
}

function typeProblem({ type: { dtype, quantisation } }: Node): string | undefined {
  if (dtype !== 'i8' && dtype !== 'i16') return quantisation === undefined ? undefined : `${dtype} with a quantisation`;
  if (quantisation === undefined) return `${dtype} without a quantisation`;
  if (activationType(quantisation) !== dtype) return `${dtype} with a quantisation of another type`;
  const { scale, zeroPoint } = quantisation;
  if (!(scale > 0 && Number.isFinite(scale))) return `scale ${scale}`;
  const allowed =
    dtype === 'i8' ? Number.isInteger(zeroPoint) && zeroPoint >= -128 && zeroPoint <= 127 : zeroPoint === 0;
  return allowed ? undefined : `zero point ${zeroPoint}`;
}

function int16Problem(node: Node, seen: ReadonlyMap<string, Node>): string | undefined {
  const types = node.inputs.map(name => seen.get(name)?.type.dtype);
  const wide = types.includes('i16');
  if (!wide && node.type.dtype !== 'i16') return undefined;
  if (opOf(node).traits.int16 !== true) return 'it takes no int16';
  return wide && types.some(type => type !== 'i16') ? `inputs of types ${types.join(', ')}` : undefined;
}

/** Is everything of the types of the form? An op that ends a network may make an index, which is an int32. */
function formProblem({ type, constants }: Node, form: GraphForm): string | undefined {
  const integer = form === 'integer';
  if (integer === (type.dtype === 'f32')) return `${type.dtype} in a graph in ${form} form`;
  const wrong = Object.entries(constants).find(([, { dtype }]) =>
    form === 'float' ? dtype !== 'f32' : dtype === 'f32',
  );
  return wrong && `${wrong[0]}: ${wrong[1].dtype} in a graph in ${form} form`;
}

function constantProblem(node: Node): string | undefined {
  for (const [role, { dtype, shape, data, bits }] of Object.entries(node.constants)) {
    const count = shape.reduce((a, b) => a * b, 1);
    if (count !== data.length) return `${role}: ${data.length} elements in shape [${shape.join(', ')}]`;
    if (bits === undefined) continue;
    if (dtype !== 'i8') return `${role}: ${dtype} in ${bits} bits`;
    const wide = data.find(value => !fitsBits(value, bits));
    if (wide !== undefined) return `${role}: ${wide} in ${bits} bits`;
  }
  return undefined;
}

import { fail, InternalError } from '../diagnostics/diagnostic.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { opOf } from '../ops/index.js';
import { needsRange } from './choose-ranges.js';
import { declaredQuantisation } from './inputs.js';
import { type Int16Activations, makerOf } from './int16-ranges.js';
import { matches, refuseName } from './name-pattern.js';

/** Bits of activations by the names of the layers that make them; `*` in a pattern stands for any characters. */
export interface ActivationBitsRule {
  readonly pattern: string;
  readonly bits: 8 | 16;
}

/** Why a layer cannot have int16 activations. */
interface Obstacle {
  readonly node: Node;
  readonly reason: string;
}

/**
 * The layers of a fused float graph to which rules give int16 activations; of several rules that name a layer the last one counts.
 * A pattern with `*` takes those that can have them, and never the input: what the caller hands in is asked for by its name.
 * @throws CompileError E0506 for a rule that names no layer, E0508 for a named layer that cannot have int16 activations
 */
export function int16Activations(graph: FloatGraph, rules: readonly ActivationBitsRule[]): Int16Activations {
  const candidates = graph.nodes.filter(needsRange);
  const wanted = new Map<string, 8 | 16>();
  const named = new Set<string>();
  for (const { pattern, bits } of rules) {
    const exact = !pattern.includes('*');
    const found = candidates.filter(node => matches(pattern, node.name) && (exact || !isSource(node)));
    const declared =
      bits === 16 && exact ? graph.nodes.find(node => isSource(node) && node.name === pattern) : undefined;
    if (found.length === 0 && declared !== undefined) {
      fail('E0508', `the input '${pattern}' cannot be int16: its scale and zero point are declared, for int8`, {
        span: declared.span,
        hint: 'declare `zeroPoint: 0, bits: 16` with a scale for int16, or leave all of them out: calibration finds a scale',
      });
    }
    if (found.length === 0)
      refuseName(
        `no layer of '${graph.name}' whose activations have a scale of their own is named '${pattern}'`,
        pattern,
        candidates.map(({ name }) => name),
      );
    for (const { name } of found) {
      wanted.set(name, bits);
      if (exact && bits === 16) named.add(name);
    }
  }
  return resolved(graph, new Set([...wanted].flatMap(([name, bits]) => (bits === 16 ? [name] : []))), named);
}

/** Of the layers named, those that can have int16 activations with these alone, in the order of the graph. */
export function layersOf(graph: FloatGraph, names: readonly string[]): readonly string[] {
  const makers = new Set(names);
  resolved(graph, makers, new Set());
  return graph.nodes.flatMap(({ name }) => (makers.has(name) ? [name] : []));
}

/**
 * Takes back the layers of which something needs int8. Layers that meet an input that is int16 whatever rules say become int16 as well,
 * since no layer reads both types.
 * @param makers layers wanted; left are those that can be had
 * @throws CompileError E0508 for a layer in `named`, and for one that has to be int16 and cannot
 */
function resolved(graph: FloatGraph, makers: Set<string>, named: ReadonlySet<string>): Int16Activations {
  const forced = new Set<string>();
  // Each round takes a maker back or forces a layer, which stays forced.
  for (let rounds = makers.size + graph.nodes.length; rounds >= 0; rounds--) {
    const wide = withFollowers(graph, new Set([...makers, ...forced]));
    const obstacle = obstacleIn(graph, wide);
    if (obstacle === undefined) return wide;
    const makersOf = makersThatReach(graph, obstacle.node, makers);
    const stubborn = [...makersOf].find(name => named.has(name));
    if (stubborn !== undefined) refuseInt16(graph, stubborn, obstacle);
    for (const name of makersOf) makers.delete(name);
    if (makersOf.size > 0) continue;
    const forcing = meetingLayers(graph, obstacle.node, wide);
    if (forcing.length === 0) refuseInt16(graph, obstacle.node.name, obstacle);
    for (const name of forcing) forced.add(name);
  }
  throw new InternalError(`${graph.name}: the layers with int16 activations are not found`);
}

function refuseInt16(graph: FloatGraph, name: string, { reason }: Obstacle): never {
  fail('E0508', `the activations of '${name}' cannot be int16: ${reason}`, {
    span: new GraphIndex(graph).node(name).span,
    hint: 'name other layers, or all that meet in one; an input of int16 needs ops that take it',
  });
}

/** The layers that a node reads or makes as int8 and that could be int16. None where the node takes no int16 at all. */
function meetingLayers(graph: FloatGraph, node: Node, wide: ReadonlySet<string>): readonly string[] {
  if (opOf(node).traits.int16 !== true) return [];
  const index = new GraphIndex(graph);
  const meeting = [...node.inputs, ...(opOf(node).traits.joins === true ? [node.name] : [])];
  return meeting
    .map(name => makerOf(index, name))
    .filter(maker => !wide.has(maker.name) && needsRange(maker))
    .map(maker => maker.name);
}

const isSource = (node: Node): boolean => opOf(node).traits.source === true;
const isInt16Source = (node: Node): boolean => isSource(node) && declaredQuantisation(node)?.bits === 16;

/** With what is int16 whatever rules say, and the layers whose type is that of what they read. */
function withFollowers(graph: FloatGraph, makers: ReadonlySet<string>): ReadonlySet<string> {
  const wide = new Set(makers);
  for (const node of graph.nodes) {
    const { keepsQuantisation, fixedQuantisation, fixedInt16Quantisation } = opOf(node).traits;
    const always = isInt16Source(node) || fixedQuantisation?.bits === 16;
    const follows = keepsQuantisation === true || fixedInt16Quantisation !== undefined;
    if (always || (follows && wide.has(node.inputs[0]))) wide.add(node.name);
  }
  return wide;
}

/** The makers whose values reach what a node reads or makes. */
function makersThatReach(graph: FloatGraph, node: Node, makers: ReadonlySet<string>): ReadonlySet<string> {
  const index = new GraphIndex(graph);
  const reaching = [node.name, ...node.inputs].map(name => makerOf(index, name).name);
  return new Set(reaching.filter(name => makers.has(name)));
}

/** The first node that cannot read or make what it would have to, if the activations of `wide` were int16. */
export function obstacleIn(graph: FloatGraph, wide: ReadonlySet<string>): Obstacle | undefined {
  for (const node of graph.nodes) {
    const reads = node.inputs.map(name => wide.has(name));
    const touches = wide.has(node.name) || reads.includes(true);
    if (touches && opOf(node).traits.int16 !== true) {
      return { node, reason: `${node.op} '${node.name}' takes no int16` };
    }
    if (reads.includes(true) && reads.includes(false)) {
      return { node, reason: `${node.op} '${node.name}' would read int8 and int16 together` };
    }
    if (opOf(node).traits.joins === true && reads[0] !== wide.has(node.name)) {
      return { node, reason: `the parts of ${node.op} '${node.name}' have its type` };
    }
  }
  return undefined;
}

import type { ts } from 'ts-morph';
import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { OpDefinition } from '../../ops/op.js';
import type { BlockDefinition, EmitRequest } from '../blocks/block.js';
import { checkModelName } from '../model-name.js';
import { Arguments } from './arguments.js';
import { type Context, failAt } from './context.js';
import type { Network } from './network.js';
import { type CallOptions, parseOptions, readOptions } from './options.js';
import { type BuiltinValue, describe, isArray, isTensor, type ModelValue, type Slot, type Value } from './values.js';

/** What the vocabulary consists of, and the network that its ops are added to. */
export interface VocabularySetup {
  readonly ops: ReadonlyMap<string, OpDefinition>;
  readonly blocks: ReadonlyMap<string, BlockDefinition>;
  readonly context: Context;
  /** Undefined while no model is being built. */
  network(): Network | undefined;
}

/** The functions that 'effnetc' exports to models, by name. */
export function createVocabulary(setup: VocabularySetup): ReadonlyMap<string, BuiltinValue> {
  const functions: BuiltinValue[] = [
    { kind: 'builtin', name: 'defineModel', call: (args, site) => defineModel(args, site, setup.context) },
  ];
  for (const op of setup.ops.values()) {
    if (op.vocabulary === undefined) continue;
    functions.push({ kind: 'builtin', name: op.kind, call: (args, site) => callOp(op, args, site, setup) });
  }
  for (const block of setup.blocks.values()) {
    functions.push({ kind: 'builtin', name: block.kind, call: (args, site) => callBlock(block, args, site, setup) });
  }
  return new Map(functions.map(builtin => [builtin.name, builtin]));
}

function defineModel(slots: readonly Slot[], site: ts.Node, context: Context): ModelValue {
  const args = new Arguments('defineModel', slots, site, context);
  const name = args.string(0);
  const problem = checkModelName(name);
  if (problem !== undefined) {
    failAt(context, slots[0]?.origin ?? site, 'E0112', `the model name '${name.slice(0, 60)}' ${problem}`, {
      hint: "choose a C identifier such as 'effnet_cifar10': generated functions begin with it",
    });
  }
  return { kind: 'model', name, build: args.callable(1), site };
}

function callOp(op: OpDefinition, args: readonly Slot[], site: ts.Node, setup: VocabularySetup): Value {
  const network = requireNetwork(op.kind, site, setup);
  const { context } = setup;
  const several = op.variadic === true;
  const inputs = several ? tensorArray(op.kind, args, site, context) : tensors(op.kind, op.arity, args, site, context);
  const options = readOptions(args[several ? 1 : op.arity], op.kind, site, context);
  const node = addOp(op, { name: options.name, inputs }, options, site, network, context);
  return { kind: 'tensor', node };
}

function callBlock(block: BlockDefinition, args: readonly Slot[], site: ts.Node, setup: VocabularySetup): Value {
  const { ops, context } = setup;
  const network = requireNetwork(block.kind, site, setup);
  const inputs = tensors(block.kind, block.arity, args, site, context);
  const options = readOptions(args[block.arity], block.kind, site, context);
  const name =
    options.name ??
    (block.unnamed === true ? '' : undefined) ??
    failAt(context, site, 'E0206', `${block.kind} needs a name`, { hint: "give it one: name: 'block1'" });

  const emit = (kind: string, request: EmitRequest): Node => {
    const op = ops.get(kind);
    invariant(op !== undefined, `block ${block.kind} uses the unknown op '${kind}'`);
    const given: CallOptions = { name: request.name, plain: request.options ?? {}, locate: () => site };
    const named = { ...request, name: request.name };
    return addOp(op, named, given, site, network, context);
  };
  const parsed = parseOptions(block.options, options, block.kind, context);
  const refuse = (option: string, message: string): never =>
    fail('E0201', message, { span: context.sources.span(options.locate([option])) });
  return { kind: 'tensor', node: block.build({ name, options: parsed, inputs, emit, refuse }) };
}

interface OpRequest {
  readonly name: string | undefined;
  readonly inputs: readonly Node[];
  readonly aliases?: readonly string[] | undefined;
}

function addOp(
  op: OpDefinition,
  request: OpRequest,
  options: CallOptions,
  site: ts.Node,
  network: Network,
  context: Context,
): Node {
  const entry = op.vocabulary;
  invariant(entry !== undefined, `${op.kind} has no vocabulary`);
  const callee = request.name === undefined ? op.kind : `${op.kind} '${request.name}'`;
  const parsed = parseOptions(entry.options, options, callee, context);
  const attributes = entry.attributes(
    parsed,
    request.inputs.map(node => node.type),
  );
  return network.add({ op, ...request, attributes }, site);
}

function requireNetwork(callee: string, site: ts.Node, setup: VocabularySetup): Network {
  return (
    setup.network() ??
    failAt(setup.context, site, 'E0116', `${callee} is called outside of a model`, {
      hint: 'call it inside the function given to defineModel',
    })
  );
}

/** The first argument as an array of tensors, of at least one. */
function tensorArray(callee: string, args: readonly Slot[], site: ts.Node, context: Context): readonly Node[] {
  const [slot] = args;
  const elements = isArray(slot?.value) ? slot.value.elements : [];
  if (elements.length === 0) {
    return failAt(context, slot?.origin ?? site, 'E0108', `argument 1 of ${callee} must be an array of tensors`);
  }
  return tensors(callee, elements.length, elements, site, context);
}

function tensors(
  callee: string,
  count: number,
  args: readonly Slot[],
  site: ts.Node,
  context: Context,
): readonly Node[] {
  return Array.from({ length: count }, (_, i) => {
    const slot = args[i];
    if (isTensor(slot?.value)) return slot.value.node;
    return failAt(
      context,
      slot?.origin ?? site,
      'E0108',
      `argument ${i + 1} of ${callee} must be a tensor, not ${describe(slot?.value)}`,
    );
  });
}

import { basename } from 'node:path';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Session } from '../../diagnostics/session.js';
import type { Span } from '../../diagnostics/span.js';
import type { Node } from '../../ir/graph.js';
import { requireLayer } from '../../ops/facts.js';
import { readBoundedFile } from '../arrays/bounded-file.js';
import { quoteName } from '../arrays/quote.js';
import { FloatBuilder, QuantisedBuilder } from '../import/import-builder.js';
import type { ImportedFloatModel, ImportedModel } from '../import/imported-model.js';
import { modelNameOf } from '../import/names.js';
import { type ImportState, missing, NodeContext, Unknowable } from './context.js';
import { networkOf, type Operator } from './operators.js';
import { translations } from './ops/index.js';
import { DamagedMessage } from './protobuf.js';
import { mostNodes, type OnnxFile, type OnnxNode, readOnnxFile } from './read-file.js';
import { addSource } from './source.js';
import { isNatural, unpaddedNode } from './view.js';

const mostBytes = 64 * 2 ** 20;

/** A network of an ONNX file: int8 with its scales, or in float. */
export type OnnxModel = ImportedFloatModel | ImportedModel;

/**
 * Reads an `.onnx`: a float network as model.ts and its weights would give it, or an int8 one as the quantised forms of ONNX
 * describe it. NCHW becomes NHWC without anything being moved. Every node that cannot be imported is reported.
 * @throws CompileError E0114, E0120 to E0125, E0307
 */
export function importOnnx(path: string, session: Session): OnnxModel {
  const label = `the model file ${quoteName(path)}`;
  const refuse = (message: string) => fail('E0120', `${label} ${message}`);
  return importOnnxBytes(readBoundedFile(path, mostBytes, refuse, refuse), basename(path), session);
}

/** The same of bytes; `file` is what diagnostics and the C call it. */
export function importOnnxBytes(bytes: Uint8Array, name: string, session: Session): OnnxModel {
  const file = readChecked(bytes, name);
  const span = wholeFile(name);
  requireOneOfEach(file, name, span);
  const network = networkOf(file);
  const elements = 8 * bytes.length + 2 ** 20;
  const builder = network.quantised ? new QuantisedBuilder(elements) : new FloatBuilder(elements);
  const state: ImportState = { builder, file, network, values: new Map() };
  const [input] = file.inputs;
  state.values.set(input.name, missing);
  session.collect(() => {
    state.values.set(input.name, addSource(state, input, span));
  });
  for (const operator of network.operators) translate(operator, state, name, session);
  session.stopOnErrors();
  const output = outputOf(state, name, span);
  const called = modelNameOf(name);
  const imported =
    builder instanceof QuantisedBuilder ? builder.finish(called, output, 'native') : builder.finish(called, output);
  requireLayer(imported.graph, { called: `the model ${quoteName(name)}`, span });
  return imported;
}

function readChecked(bytes: Uint8Array, name: string): OnnxFile {
  try {
    return readOnnxFile(bytes);
  } catch (error) {
    if (!(error instanceof DamagedMessage)) throw error;
    return fail('E0121', `${quoteName(name)} is no sound ONNX file`, {
      span: wholeFile(name),
      notes: [`${error.where}: ${error.problem}`],
      hint: 'export it again',
    });
  }
}

function requireOneOfEach({ inputs, outputs, nodes }: OnnxFile, name: string, span: Span): void {
  const label = `the model ${quoteName(name)}`;
  if (inputs.length === 0 || outputs.length === 0) fail('E0121', `${label} has no input or no output`, { span });
  if (inputs.length > 1) fail('E0114', `${label} has ${inputs.length} inputs`, { span });
  if (outputs.length > 1) {
    fail('E0122', `${label} has ${outputs.length} outputs`, {
      span,
      hint: 'a network of effnetc has one; export the part that makes it',
    });
  }
  if (nodes.length > mostNodes) {
    fail('E0122', `${label} has ${nodes.length} nodes, where at most ${mostNodes} are imported`, { span });
  }
}

function translate(operator: Operator, state: ImportState, name: string, session: Session): void {
  const context = new NodeContext(state, operator, spanOf(operator.node, name));
  for (const output of operator.outputs) state.values.set(output, missing);
  session.collect(() => {
    const translation = translations.get(operator.kind);
    const [graph] = [...operator.node.attributes.values()].filter(attribute => attribute.graph);
    if (translation === undefined || graph !== undefined) {
      context.refuse(
        'cannot be imported',
        'replace the layer in the network, or move it out of the part that runs on the device',
      );
    }
    try {
      translation?.(context);
    } catch (error) {
      if (!(error instanceof Unknowable)) throw error;
    }
  });
}

/** `model.onnx: node 3, Conv, '/conv1/Conv'`. */
function spanOf({ index, kind, name, outputs }: OnnxNode, file: string): Span {
  const called = name === '' ? (outputs[0] ?? '') : name;
  const element = `node ${index}, ${kind}${called === '' ? '' : `, ${quoteName(called)}`}`;
  return { file, line: index + 1, column: 1, length: 1, element };
}

const wholeFile = (file: string): Span => ({ file, line: 1, column: 1, length: 1, element: 'the network' });

/** The node that makes the result. */
function outputOf({ builder, file, network, values }: ImportState, _name: string, span: Span): Node {
  const [{ name: output }] = file.outputs;
  const value = values.get(network.aliases.get(output) ?? output);
  if (value === undefined || value === missing || 'integers' in value) {
    return fail('E0121', `no node makes the output ${quoteName(output)}`, { span });
  }
  if (value.padding !== undefined) fail('E0122', 'padding is the last thing that the network does', { span });
  const node = isNatural(value) ? value.node : unpaddedNode(builder, value, { name: 'output', span });
  return node;
}

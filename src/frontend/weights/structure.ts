import { fail } from '../../diagnostics/diagnostic.js';
import type { FloatGraph, Graph } from '../../ir/graph.js';
import { printGraph } from '../../ir/print.js';
import { quoteName } from '../arrays/quote.js';
import type { WeightsFile } from './weights-file.js';

/**
 * A fused float graph in the text form of the IR, without parameters and places in model.ts: every op with its inputs, its
 * attributes (window, activation, scale and zero point of the input) and the shape of its tensor. Two models whose texts are
 * equal may share quantised weights.
 */
export function structureOf(graph: Graph): string {
  const nodes = graph.nodes.map(node => ({ ...node, constants: {}, span: undefined, aliases: undefined }));
  // The form is not a part of it: the quantised graph has the structure of the float graph.
  return printGraph({ ...graph, nodes }).replace(/^\w+ /, '');
}

/** What a line of the text form says, by the name of the op; `return` is the name of the last line. */
function linesByName(structure: string): Map<string, string> {
  const lines = structure.trimEnd().split('\n').slice(1);
  return new Map(lines.map(line => [line.split(' ', 1)[0], line]));
}

/** The parts of a line (op and inputs, each attribute, type) that another line does not have, for people to read. */
function unlike(line: string, other: string): string | undefined {
  const parts = (text: string) => text.replace(/^\S+ = /, '').split(/, (?=\w+: )|(?<=\)) \{|\} (?=: )/);
  const others = parts(other);
  const own = parts(line).filter(part => !others.includes(part));
  return own.length === 0 ? undefined : quoteName(own.join(', '));
}

function differences(here: string, there: string): string[] {
  const [model, stored] = [unlike(here, there), unlike(there, here)];
  return [
    `in the file ${stored ?? 'there is nothing of the kind'}`,
    `in the model ${model ?? 'there is nothing of the kind'}`,
  ];
}

/**
 * Holds the model against the structure that the quantised file was made for.
 * @throws CompileError E0313 at the first op that differs
 */
export function requireStructure(graph: FloatGraph, stored: string, file: WeightsFile): void {
  const structure = structureOf(graph);
  if (structure === stored) return;
  const [now, then] = [linesByName(structure), linesByName(stored)];
  const hint = 'quantise again after a change of the model';
  for (const node of graph.nodes) {
    const [here, there] = [now.get(node.name) ?? '', then.get(node.name)];
    if (here === there) continue;
    fail('E0313', `the weights file ${quoteName(file.path)} was quantised for another ${node.op} '${node.name}'`, {
      span: node.span,
      notes: there === undefined ? [`the file knows no '${node.name}'`] : differences(here, there),
      hint,
    });
  }
  const gone = [...then.keys()].find(name => !now.has(name));
  fail('E0313', `the weights file ${quoteName(file.path)} was quantised for another structure of '${graph.name}'`, {
    notes: [
      gone === undefined ? 'the order of the ops, or the result, is another' : `the model has no ${quoteName(gone)}`,
    ],
    hint,
  });
}

import type { Attributes, AttributeValue, Graph, Node } from './graph.js';
import { type Constant, formatShape, type TensorType } from './tensor.js';

/**
 * The text form of a graph, one node a line; `parseGraph` reads it back. Constants are written out element by element;
 * `i8:4` are int8 values of 4 bits.
 *
 *   float graph tiny
 *   image = input() {height: 8, width: 8, channels: 3} : f32 8x8x3
 *   fc = dense(image) {units: 2, ...} [bias: f32[2] (0.5, -1)] : f32 1x1x2 @ model.ts:4:10+12
 *   return fc
 */
export function printGraph(graph: Graph): string {
  return [`${graph.form} graph ${graph.name}`, ...graph.nodes.map(printNode), `return ${graph.output}`, ''].join('\n');
}

function printNode(node: Node): string {
  const parts = [`${node.name} = ${node.op}(${node.inputs.join(', ')})`];
  const attributes = printAttributes(node.attributes);
  if (attributes !== '{}') parts.push(attributes);
  const constants = Object.entries(node.constants).map(([role, value]) => `${role}: ${printConstant(value)}`);
  if (constants.length > 0) parts.push(`[${constants.join('; ')}]`);
  parts.push(`: ${printType(node.type)}`);
  if (node.span !== undefined) {
    const { file, line, column, length } = node.span;
    parts.push(`@ ${file}:${line}:${column}+${length}`);
  }
  return parts.join(' ');
}

export function printType({ dtype, shape, quantisation }: TensorType): string {
  const quantised = quantisation === undefined ? '' : ` scale ${quantisation.scale} zero ${quantisation.zeroPoint}`;
  return `${dtype} ${formatShape(shape)}${quantised}`;
}

function printConstant({ dtype, shape, data, bits }: Constant): string {
  return `${dtype}${bits === undefined ? '' : `:${bits}`}[${shape.join(', ')}] (${Array.from(data, String).join(', ')})`;
}

function printAttributes(attributes: Attributes): string {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `{${entries.map(([key, value]) => `${key}: ${printValue(value as AttributeValue)}`).join(', ')}}`;
}

function printValue(value: AttributeValue): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (typeof value === 'object') return printAttributes(value as Attributes);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

import type { OnnxConstant } from './constants.js';
import type { OnnxFile, OnnxNode, OnnxTensor } from './read-file.js';

/** What a QuantizeLinear or a QLinear operator says of a tensor: names of constants. */
export interface ScaleNames {
  readonly scale: string;
  readonly zeroPoint: string;
  readonly node: OnnxNode;
}

/** A node as its translation sees it: QLinear forms under the name of the float operator, and what is fused into it. */
export interface Operator {
  readonly node: OnnxNode;
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** An activation that is the only reader of the result, which has no scale of its own. */
  readonly activation?: OnnxNode | undefined;
  /** A constant that the only reader of a MatMul adds, likewise. */
  readonly bias?: string | undefined;
}

/** A network without QuantizeLinear and DequantizeLinear: a float network, and the scales of its tensors. */
export interface Network {
  readonly operators: readonly Operator[];
  readonly scales: ReadonlyMap<string, ScaleNames>;
  readonly constants: ReadonlyMap<string, PendingConstant>;
  /** Names of one tensor lead to the one that it is known under. */
  readonly aliases: ReadonlyMap<string, string>;
  /** In int8; in float when false. */
  readonly quantised: boolean;
}

/** A constant, and what quantises or dequantises it. */
export interface PendingConstant {
  readonly tensor: OnnxTensor;
  readonly scale?: (ScaleNames & { readonly axis: number; readonly rounds: boolean }) | undefined;
}

/** Inputs of the QLinear forms, by number. Source: the operator schemas of ONNX and of com.microsoft. */
interface QLinear {
  readonly kind: string;
  readonly operands: readonly (readonly [value: number, scale: number, zeroPoint: number])[];
  readonly result: readonly [scale: number, zeroPoint: number];
  /** int32, in steps of both input scales. */
  readonly bias?: number;
}

const unary = (kind: string): QLinear => ({ kind, operands: [[0, 1, 2]], result: [3, 4] });
const binary = (kind: string, bias?: number): QLinear => ({
  kind,
  operands: [
    [0, 1, 2],
    [3, 4, 5],
  ],
  result: [6, 7],
  ...(bias === undefined ? {} : { bias }),
});

const qlinear: ReadonlyMap<string, QLinear> = new Map([
  ['QLinearConv', binary('Conv', 8)],
  ['QLinearMatMul', binary('MatMul')],
  ['QGemm', { ...binary('Gemm', 6), result: [7, 8] as const }],
  ['QLinearAdd', binary('Add')],
  ['QLinearMul', binary('Mul')],
  ['QLinearGlobalAveragePool', unary('GlobalAveragePool')],
  ['QLinearAveragePool', unary('AveragePool')],
  ['QLinearLeakyRelu', unary('LeakyRelu')],
  ['QLinearSigmoid', unary('Sigmoid')],
  ['QLinearSoftmax', unary('Softmax')],
]);

/** Left out: they give what they are given. A cast between float types is one. */
const transparent = ['Identity', 'Dropout'];

/** Operators that may take in the activation after them, and what those are. */
const linear = ['Conv', 'Gemm', 'MatMul', 'Add', 'Sub', 'Mul'];
const fusible = ['Relu', 'Clip', 'LeakyRelu'];

/** Turns the quantised forms of ONNX into one: a float network with scales. */
export function networkOf(file: OnnxFile): Network {
  const constants = new Map<string, PendingConstant>(
    [...file.initializers].map(([name, tensor]) => [name, { tensor }]),
  );
  const scales = new Map<string, ScaleNames>();
  const aliases = new Map<string, string>();
  const resolve = (name: string) => aliases.get(name) ?? name;
  const operators: Operator[] = [];
  let quantised = false;
  for (const node of file.nodes) {
    const [input = '', scale = '', zeroPoint = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const from = resolve(input);
    const constant = constants.get(from);
    const said = { scale, zeroPoint, node };
    const form = qlinear.get(node.kind);
    if (node.kind === 'Constant') {
      const tensor = constantOf(node);
      if (tensor !== undefined) constants.set(output, { tensor });
      else operators.push(plain(node, resolve));
    } else if (node.kind === 'QuantizeLinear' || node.kind === 'DequantizeLinear') {
      quantised = true;
      const rounds = node.kind === 'QuantizeLinear';
      const axis = node.attributes.get('axis')?.int ?? 1;
      if (constant !== undefined) {
        constants.set(
          output,
          constant.scale === undefined ? { ...constant, scale: { ...said, axis, rounds } } : constant,
        );
      } else if (sameScale(scales.get(from), said, constants)) {
        aliases.set(output, from);
        scales.set(from, scales.get(from) ?? said);
      } else {
        operators.push({ node, kind: 'Requantise', inputs: [from], outputs: [output] });
        scales.set(output, said);
      }
    } else if (form !== undefined) {
      quantised = true;
      operators.push(fromQLinear(node, form, resolve, constants, scales));
    } else if (node.kind === 'QLinearConcat') {
      quantised = true;
      const parts = node.inputs.slice(2).flatMap((name, i) => (i % 3 === 0 ? [resolve(name)] : []));
      parts.forEach((part, i) => {
        scales.set(
          part,
          scales.get(part) ?? { scale: node.inputs[3 * i + 3] ?? '', zeroPoint: node.inputs[3 * i + 4] ?? '', node },
        );
      });
      scales.set(output, { scale: input, zeroPoint: scale, node });
      operators.push({ node, kind: 'Concat', inputs: parts, outputs: node.outputs });
    } else if (transparent.includes(node.kind)) aliases.set(output, from);
    else operators.push(plain(node, resolve));
  }
  const outputs = new Set(file.outputs.map(({ name }) => resolve(name)));
  return {
    operators: quantised ? fused(operators, scales, constants, outputs) : operators,
    scales,
    constants,
    aliases,
    quantised,
  };
}

const plain = (node: OnnxNode, resolve: (name: string) => string): Operator => ({
  node,
  kind: node.kind,
  inputs: node.inputs.map(resolve),
  outputs: node.outputs,
});

/** The value of a Constant node. */
function constantOf({ attributes, outputs }: OnnxNode): OnnxTensor | undefined {
  const of = (type: string, values: readonly number[], dims: readonly number[]): OnnxTensor => ({
    name: outputs[0] ?? '',
    type,
    dims,
    external: false,
    read: () => values,
  });
  for (const [name, attribute] of attributes) {
    if (name === 'value') return attribute.tensor;
    if (name === 'value_float') return of('FLOAT', [attribute.float ?? 0], []);
    if (name === 'value_int') return of('INT64', [attribute.int ?? 0], []);
    if (name === 'value_floats') return of('FLOAT', attribute.floats, [attribute.floats.length]);
    if (name === 'value_ints') return of('INT64', attribute.ints, [attribute.ints.length]);
  }
  return undefined;
}

/** Do two say the same, by the same constants or by equal ones? */
function sameScale(known: ScaleNames | undefined, said: ScaleNames, constants: Network['constants']): boolean {
  if (known === undefined) return true;
  return (
    equalConstants(known.scale, said.scale, constants) && equalConstants(known.zeroPoint, said.zeroPoint, constants)
  );
}

function equalConstants(a: string, b: string, constants: Network['constants']): boolean {
  if (a === b) return true;
  const [first, second] = [constants.get(a)?.tensor, constants.get(b)?.tensor];
  if (first === undefined || second === undefined || first.external || second.external) return false;
  if (first.type !== second.type || first.dims.join() !== second.dims.join() || first.dims.length > 1) return false;
  try {
    return String(Array.from(first.read())) === String(Array.from(second.read()));
  } catch {
    // What is wrong with it is said when it is used.
    return false;
  }
}

function fromQLinear(
  node: OnnxNode,
  { kind, operands, result, bias }: QLinear,
  resolve: (name: string) => string,
  constants: Map<string, PendingConstant>,
  scales: Map<string, ScaleNames>,
): Operator {
  const name = (input: number) => node.inputs[input] ?? '';
  const inputs = operands.map(([value, scale, zeroPoint], i) => {
    const operand = resolve(name(value));
    const constant = constants.get(operand);
    const said = { scale: name(scale), zeroPoint: name(zeroPoint), node };
    if (constant === undefined) {
      scales.set(operand, scales.get(operand) ?? said);
      return operand;
    }
    // Weights of QLinearConv go along their first axis, of matrices along the last.
    const axis = kind === 'Conv' || node.attributes.get('transB')?.int === 1 ? 0 : 1;
    const own = `${operand} of node ${node.index}, ${i}`;
    constants.set(own, { tensor: constant.tensor, scale: { ...said, axis, rounds: false } });
    return own;
  });
  scales.set(node.outputs[0] ?? '', { scale: name(result[0]), zeroPoint: name(result[1]), node });
  const biases = bias === undefined || name(bias) === '' ? [] : [resolve(name(bias))];
  return { node, kind, inputs: [...inputs, ...biases], outputs: node.outputs };
}

/** Takes activations into the operators before them, where the tensor between has no scale: it is never made. */
function fused(
  operators: readonly Operator[],
  scales: Network['scales'],
  constants: Network['constants'],
  outputs: ReadonlySet<string>,
): Operator[] {
  const readers = new Map<string, Operator[]>();
  for (const operator of operators) {
    for (const input of new Set(operator.inputs)) readers.set(input, [...(readers.get(input) ?? []), operator]);
  }
  const taken = new Set<OnnxNode>();
  const onlyReader = (name: string): Operator | undefined => {
    const [reader, ...others] = readers.get(name) ?? [];
    return scales.has(name) || outputs.has(name) || others.length > 0 ? undefined : reader;
  };
  return operators.flatMap(operator => {
    if (taken.has(operator.node)) return [];
    if (!linear.includes(operator.kind)) return [operator];
    let result = operator;
    const next = onlyReader(result.outputs[0] ?? '');
    if (result.kind === 'MatMul' && next?.kind === 'Add') {
      const bias = next.inputs.find(input => constants.has(input));
      if (bias !== undefined) {
        taken.add(next.node);
        result = { ...result, bias, outputs: next.outputs };
      }
    }
    const reader = onlyReader(result.outputs[0] ?? '');
    if (reader === undefined || !fusible.includes(reader.kind)) return [result];
    taken.add(reader.node);
    return [{ ...result, activation: reader.node, outputs: reader.outputs }];
  });
}

export type { OnnxConstant };

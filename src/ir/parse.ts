import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { type Attributes, type AttributeValue, type Graph, type GraphForm, graphForms, type Node } from './graph.js';
import {
  allocate,
  type Constant,
  type DType,
  dtypeBytes,
  type SubByteBits,
  subByteWidths,
  type TensorType,
} from './tensor.js';

/** Reads the text form that `printGraph` writes. @throws CompileError E0209 with line and column */
export function parseGraph(text: string, file = 'graph.txt'): Graph {
  const parser = new Parser(text, file);
  const form = parser.form();
  parser.word('graph');
  const name = parser.name();
  const nodes: Node[] = [];
  while (!parser.tryWord('return')) nodes.push(parser.node());
  const output = parser.name();
  parser.end();
  return { form, name, nodes, output };
}

const tokens = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\w.+-]*(?:x\d+x\d+)?)|([A-Za-z_][\w./-]*)|([^\s\w]))/y;

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {}

  node(): Node {
    const name = this.name();
    this.symbol('=');
    const op = this.name();
    const inputs = this.list('(', ')', ',', () => this.name());
    const attributes = this.peek() === '{' ? this.attributes() : {};
    const constants =
      this.peek() === '['
        ? Object.fromEntries(this.list('[', ']', ';', () => [this.key(), this.constant()] as const))
        : {};
    this.symbol(':');
    const type = this.type();
    const span = this.peek() === '@' ? this.span() : undefined;
    return { name, op, inputs, attributes, constants, type, ...(span === undefined ? {} : { span }) };
  }

  private type(): TensorType {
    const dtype = this.dtype();
    const [height, width, channels] = this.next().split('x').map(Number);
    if (!(height > 0 && width > 0 && channels > 0)) this.fault('a shape such as 8x8x3');
    if (!this.tryWord('scale')) return { dtype, shape: { height, width, channels } };
    const scale = this.number();
    this.word('zero');
    const quantisation = { scale, zeroPoint: this.number(), ...(dtype === 'i16' ? { bits: 16 as const } : {}) };
    return { dtype, shape: { height, width, channels }, quantisation };
  }

  private constant(): Constant {
    const dtype = this.dtype();
    const bits = this.peek() === ':' ? this.bits() : undefined;
    const shape = this.list('[', ']', ',', () => this.number());
    const values = this.list('(', ')', ',', () => this.number());
    const data = allocate(dtype, values.length);
    data.set(values);
    return { dtype, shape, data, ...(bits === undefined ? {} : { bits }) };
  }

  private bits(): SubByteBits {
    this.symbol(':');
    const width = this.number();
    return subByteWidths.find(bits => bits === width) ?? this.fault(`a width of ${subByteWidths.join(' or ')} bits`);
  }

  private attributes(): Attributes {
    return Object.fromEntries(this.list('{', '}', ',', () => [this.key(), this.value()] as const));
  }

  private value(): AttributeValue {
    const next = this.peek();
    if (next === '[') return this.list('[', ']', ',', () => this.value());
    if (next === '{') return this.attributes() as AttributeValue;
    const token = this.next();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token === 'true' || token === 'false') return token === 'true';
    const number = Number(token);
    return Number.isNaN(number) ? this.fault('a value') : number;
  }

  private span(): Span {
    this.symbol('@');
    const match = /\s*(.+):(\d+):(\d+)\+(\d+)/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (found === null) return this.fault('file:line:column+length');
    this.at = match.lastIndex;
    return { file: found[1], line: Number(found[2]), column: Number(found[3]), length: Number(found[4]) };
  }

  private list<T>(open: string, close: string, separator: string, item: () => T): T[] {
    this.symbol(open);
    const items: T[] = [];
    while (this.peek() !== close) {
      if (items.length > 0) this.symbol(separator);
      items.push(item());
    }
    this.symbol(close);
    return items;
  }

  private key(): string {
    const name = this.name();
    this.symbol(':');
    return name;
  }

  private dtype(): DType {
    const token = this.next();
    return token in dtypeBytes ? (token as DType) : this.fault('an element type: f32, f64, i8, i16 or i32');
  }

  name(): string {
    const token = this.next();
    return /^[A-Za-z_]/.test(token) ? token : this.fault('a name');
  }

  private number(): number {
    const value = Number(this.next());
    return Number.isNaN(value) ? this.fault('a number') : value;
  }

  form(): GraphForm {
    const token = this.next();
    return graphForms.find(form => form === token) ?? this.fault(`the form of the graph: ${graphForms.join(', ')}`);
  }

  word(expected: string): void {
    if (!this.tryWord(expected)) this.fault(`'${expected}'`);
  }

  tryWord(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.next();
    return true;
  }

  private symbol(expected: string): void {
    if (this.next() !== expected) this.fault(`'${expected}'`);
  }

  end(): void {
    if (this.peek() !== '') this.fault('the end');
  }

  private peek(): string {
    const before = this.at;
    const token = this.next();
    this.at = before;
    return token;
  }

  private lastStart = 0;

  private next(): string {
    tokens.lastIndex = this.at;
    const found = tokens.exec(this.text);
    this.lastStart = this.at + (/^\s*/.exec(this.text.slice(this.at, this.at + 4096))?.[0].length ?? 0);
    if (found === null) return '';
    this.at = tokens.lastIndex;
    return found[1] ?? found[2] ?? found[3] ?? found[4];
  }

  private fault(expected: string): never {
    const before = this.text.slice(0, this.lastStart).split('\n');
    const span = { file: this.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length: 1 };
    return fail('E0209', `the text form of a graph has something else where ${expected} is expected`, { span });
  }
}

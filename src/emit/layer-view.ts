import { invariant } from '../diagnostics/diagnostic.js';
import type { GraphIndex } from '../ir/graph.js';
import { rowBytes, rowElements, type TensorType } from '../ir/tensor.js';
import { elementType } from '../kernels/kernel.js';
import { opOf } from '../ops/index.js';
import type { Plan, PlannedLayer } from '../plan/plan.js';
import type { RowInput } from '../plan/row-program.js';
import { layerFacts, layerTitle } from './describe.js';
import type { TemplateEngine } from './engine.js';
import { extentOf, tableView } from './tables.js';
import type { InputView, LabelledText, LayerView, RowListView } from './views.js';

/** `l03` for layer 3: two digits at least, so that names sort. */
export function layerPrefix(layer: number): string {
  return `l${String(layer).padStart(2, '0')}`;
}

/** A name as part of a C identifier. */
export function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

/** `l03_rows`: where the rows of the tensor are that layer 3 makes. */
export const rowTableOf = (layer: number): string => `${layerPrefix(layer)}_rows`;
export const scratchTableOf = (layer: number): string => `${layerPrefix(layer)}_scratch`;

/** The layer with the number `i` in the order of the graph. */
export function layerView(plan: Plan, i: number, index: GraphIndex, engine: TemplateEngine): LayerView {
  const layer = plan.layers[i];
  const { node, kernel, row } = layer;
  const op = opOf(node);
  invariant(op !== undefined, `'${node.op}' is an op`);
  const inputs = index.inputTypes(node);
  const shapes = inputs.map(type => type.shape);
  const prefix = layerPrefix(i);
  const symbolOf = (suffix: string): string => `${index.graph.name}_${prefix}_${suffix}`;
  const tables = Object.fromEntries(kernel.tables.map(t => [t.suffix, symbolOf(t.suffix)]));
  const name = `${prefix}_${identifier(kernel.functionName)}`;
  const toCaller = node.name === index.graph.output;
  const state = plan.buffers.states[i];
  return {
    index: i,
    title: layerTitle(node),
    facts: layerFacts(node, inputs, kernel, op.macs(node, shapes, node.type.shape), placeOf(plan, layer, toCaller)),
    function: name,
    code: engine
      .render(kernel.template, {
        ...kernel.view,
        in: elementType(inputs[0]),
        out: elementType(node.type),
        function: name,
        tables,
      })
      .trimEnd(),
    tables: kernel.tables.map(t => tableView(t, symbolOf(t.suffix))),
    ctype: elementType(node.type),
    casts: node.type.dtype !== 'i8',
    rows: inputs[0].dtype === 'i16' ? wideRows : narrowRows,
    inputs: inputViews(plan, layer, inputs),
    toCaller,
    rowTable: rowTableOf(i),
    rowElements: rowElements(node.type),
    rowBytes: rowBytes(node.type),
    accumulates: row.makes === 'last',
    lastStep: row.steps - 1,
    sumsWord: state < 0 ? 0 : plan.offsets[state] / 4,
    hasScratch: row.scratchBytes > 0,
    scratchTable: scratchTableOf(i),
  };
}

function placeOf(plan: Plan, { row }: PlannedLayer, toCaller: boolean): LabelledText {
  const label = plan.imageBytes === 0 ? 'in arena' : 'in memory';
  if (toCaller) return { label, text: "none, the rows go to the caller's output" };
  const blocks = [...plan.buffers.rows[row.output]];
  const { live, lowest, end } = extentOf(plan, blocks);
  const rows = blocks.length === 1 ? '1 row' : `${blocks.length} rows`;
  const atATime = live < blocks.length ? `, ${live} at a time` : '';
  return {
    label,
    text: `${rows} of ${plan.program.tensors[row.output].rowBytes} bytes${atATime}, offsets ${lowest}..${end}`,
  };
}

function inputViews(plan: Plan, { row }: PlannedLayer, types: readonly TensorType[]): InputView[] {
  let first = 0;
  return row.inputs.map((input, i): InputView => {
    const view = inputView(plan, input, types[i], row.steps, first);
    first += view.count;
    return view;
  });
}

function inputView(plan: Plan, input: RowInput, type: TensorType, steps: number, first: number): InputView {
  const { rows, stride, before, repeat = 1 } = input.window;
  const { height } = type.shape;
  const { home } = plan.program.tensors[input.tensor];
  const mayMissAbove = before > 0;
  const mayMissBelow = Math.floor((steps - 1) / repeat) * stride - before + rows > height;
  const mayMiss = mayMissAbove || mayMissBelow;
  return {
    fromCaller: home === 'input' || home === 'consumed',
    fromOutput: home === 'output',
    fromArena: home === 'arena',
    rowTable: rowTableOf(plan.program.layers.findIndex(({ output }) => output === input.tensor)),
    first,
    count: rows,
    atStart: first === 0,
    single: rows === 1,
    same: rows === 1 && stride === 1 && repeat === 1 && !mayMiss,
    stride,
    before,
    strided: stride !== 1,
    repeat,
    repeated: repeat !== 1,
    shifted: before > 0,
    mayMiss,
    mayMissBoth: mayMissAbove && mayMissBelow,
    mayMissAbove,
    height,
    rowElements: rowElements(type),
    rows: type.dtype === 'i16' ? wideRows : narrowRows,
    casts: type.dtype === 'i16',
  };
}

/** Lists of row pointers: to int8 rows, and to those of int16. */
const narrowRows = 'rows';
const wideRows = 'rows16';

/** Elements of the longest list of row pointers of a type; 0 where no layer has one. */
export function rowLists(layers: readonly LayerView[]): readonly RowListView[] {
  return [
    { name: narrowRows, ctype: 'int8_t', count: longestWindow(layers, narrowRows) },
    { name: wideRows, ctype: 'int16_t', count: longestWindow(layers, wideRows) },
  ].filter(({ count }) => count > 0);
}

function longestWindow(layers: readonly LayerView[], name: string): number {
  return layers
    .filter(({ rows }) => rows === name)
    .reduce(
      (most, { inputs }) =>
        Math.max(
          most,
          inputs.reduce((sum, { count }) => sum + count, 0),
        ),
      0,
    );
}

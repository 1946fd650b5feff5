import { invariant } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { elementCount, formatShape, rowBytes } from '../ir/tensor.js';
import { identifier, layerPrefix } from '../kernels/names.js';
import { opTable } from '../ops/index.js';
import type { Helper, KernelPlan } from '../ops/kernel.js';
import type { Plan } from '../plan/plan.js';
import { describeType, layerFacts, layerTitle } from './describe.js';
import type { TemplateEngine } from './engine.js';
import { tableBytes, tableView } from './tables.js';
import type { LabelledText, LayerView, ModelView } from './views.js';

/** Order of the helper functions in the C: callees first. */
const helperOrder: readonly Helper[] = [
  'doubling-high-multiply',
  'rounding-divide',
  'requantise-native',
  'requantise-tflite',
  'requantise-tflite-single',
  'reciprocal',
];

export interface ModelParts {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly kernels: ReadonlyMap<string, KernelPlan>;
  readonly version: string;
  readonly provenance: readonly LabelledText[];
}

/** Decides names and formats for all templates of a model. */
export function modelView(
  { graph, plan, kernels, version, provenance }: ModelParts,
  engine: TemplateEngine,
): ModelView {
  const index = new GraphIndex(graph);
  const source = graph.nodes.find(node => opTable.get(node.op)?.traits.source);
  invariant(source?.type.quantisation !== undefined, 'the graph has a quantised input');
  const output = index.node(graph.output).type;
  const used = new Set([...kernels.values()].flatMap(kernel => kernel.helpers));
  const offsets = new Map(plan.buffers.map(b => [b.name, b.offset]));
  const place = (name: string): string => {
    if (name === source.name) return 'input';
    if (name === graph.output) return 'output';
    return `arena.bytes + ${offsets.get(name)}`;
  };

  const layers = plan.layers.map(({ node, window }, i): LayerView => {
    const kernel = kernels.get(node.name);
    const op = opTable.get(node.op);
    invariant(kernel !== undefined && op !== undefined, `'${node.name}' has a kernel`);
    const inputs = index.inputTypes(node);
    const [input] = inputs;
    const prefix = layerPrefix(i);
    const symbolOf = (suffix: string) => `${graph.name}_${prefix}_${suffix}`;
    const tables = Object.fromEntries(kernel.tables.map(t => [t.suffix, symbolOf(t.suffix)]));
    const name = `${prefix}_${identifier(kernel.slug)}`;
    const { height } = node.type.shape;
    const lastRow = (height - 1) * window.stride - window.before + window.rows;
    const macs = op.macs(
      node,
      inputs.map(t => t.shape),
      node.type.shape,
    );
    return {
      index: i,
      title: layerTitle(node),
      facts: layerFacts(
        node,
        inputs,
        kernel,
        macs,
        describePlace(place(node.name)),
        kernel.template.split('/').at(-1) ?? '',
      ),
      function: name,
      code: engine.render(kernel.template, { ...kernel.view, function: name, tables }).trimEnd(),
      tables: kernel.tables.map(t => tableView(t, symbolOf(t.suffix))),
      ctype: node.type.dtype === 'i32' ? 'int32_t' : 'int8_t',
      height,
      windowRows: window.rows,
      rowStride: window.stride,
      rowsBefore: window.before,
      rowsMayMiss: window.before > 0 || lastRow > input.shape.height,
      inputHeight: input.shape.height,
      inputRowBytes: rowBytes(input),
      source: place(node.inputs[0]),
      destination: place(node.name),
      rowElements: node.type.shape.width * node.type.shape.channels,
      rowBytes: rowBytes(node.type),
    };
  });

  const tables = [...kernels.values()].flatMap(kernel => kernel.tables);
  const bytes = (kind: string) => tables.filter(t => t.kind === kind).reduce((sum, t) => sum + tableBytes(t), 0);
  return {
    name: graph.name,
    version,
    summary: `${layers.length} layers, ${formatShape(source.type.shape)} in, ${formatShape(output.shape)} out`,
    provenance,
    input: {
      shape: formatShape(source.type.shape),
      ...source.type.shape,
      count: elementCount(source.type.shape),
      ...source.type.quantisation,
    },
    output: {
      shape: formatShape(output.shape),
      ctype: output.dtype === 'i32' ? 'int32_t' : 'int8_t',
      count: elementCount(output.shape),
      meaning: output.dtype === 'i32' ? 'the index of the largest value' : describeType(output),
    },
    arenaBytes: Math.max(plan.arenaBytes, 4),
    weightBytes: bytes('weights'),
    tableBytes: bytes('tables'),
    buffers: plan.buffers.map(b => ({
      name: b.name,
      offset: b.offset,
      bytes: b.bytes,
      first: b.firstLayer,
      last: b.lastLayer,
    })),
    helpers: helperOrder.filter(h => used.has(h)).map(h => engine.render(`numeric/${h}`, {}).trimEnd()),
    layers,
  };
}

const describePlace = (place: string) => (place === 'output' ? "no, in the caller's output" : place);

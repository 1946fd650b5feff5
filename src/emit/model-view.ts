import { invariant } from '../diagnostics/diagnostic.js';
import { GraphIndex, type IntegerGraph } from '../ir/graph.js';
import { elementCount, formatShape, rowBytes, rowElements } from '../ir/tensor.js';
import { type HelperTarget, helperTable } from '../kernels/helpers.js';
import { constantBytes, elementType } from '../kernels/kernel.js';
import { opOf } from '../ops/index.js';
import type { Plan } from '../plan/plan.js';
import type { IsaFeature } from '../target/target.js';
import { numberType, outputMeaning } from './describe.js';
import type { TemplateEngine } from './engine.js';
import { layerView, rowLists } from './layer-view.js';
import { bufferViews, planTableBytes, pushView, rowTables, stepsView } from './plan-view.js';
import { type Placement, sectionViews } from './section-views.js';
import { inLines } from './tables.js';
import type { LabelledText, LayerView, LimitsView, ModelView, PushView, RowTableView } from './views.js';

export interface ModelParts {
  readonly graph: IntegerGraph;
  readonly plan: Plan;
  readonly isa: readonly IsaFeature[];
  readonly version: string;
  readonly provenance: readonly LabelledText[];
  /** Sections and memory regions that the target has for parts of the model. */
  readonly placement?: Placement | undefined;
  /** What the C asserts about its size; nothing when left out. */
  readonly limits?: LimitsView | undefined;
}

const noLimits: LimitsView = { ram: null, flash: null, countsPushing: false };

/** Decides names and formats for all templates of a model. */
export function modelView(
  { graph, plan, isa, version, provenance, placement = {}, limits = noLimits }: ModelParts,
  engine: TemplateEngine,
): ModelView {
  const index = new GraphIndex(graph);
  const source = graph.nodes.find(node => opOf(node).traits.source);
  invariant(source?.type.quantisation !== undefined, 'the graph has a quantised input');
  const { shape } = source.type;
  const output = index.node(graph.output).type;
  const kernels = plan.layers.map(layer => layer.kernel);
  const target: HelperTarget = {
    dsp: isa.includes('dsp'),
    thumb2: isa.includes('thumb2'),
    thumb1: isa.includes('thumb1'),
  };
  const used = new Set(kernels.flatMap(kernel => kernel.helpers));
  const helpers = helperTable.filter(({ name }) => used.has(name));
  const layers = plan.layers.map((_, i) => layerView(plan, i, index, engine));
  const places = rowTables(plan);
  const row = { rowElements: rowElements(source.type), rowBytes: rowBytes(source.type) };
  const push = plan.pushing === undefined ? null : pushView(plan.pushing, { height: shape.height, ...row });
  const image = plan.imageBytes === 0 ? null : { bytes: plan.imageBytes, words: plan.imageBytes / 4 };
  const constants = kernels.flatMap(kernel => kernel.tables);
  const weightBytes = constantBytes(constants, 'weights');
  const tableBytes = constantBytes(constants, 'tables') + planTableBytes(plan, places, push);
  return {
    name: graph.name,
    version,
    summary: `${layers.length === 1 ? '1 layer' : `${layers.length} layers`}, ${formatShape(shape)} in, ${formatShape(output.shape)} out`,
    provenance: [
      ...provenance,
      {
        label: 'flash',
        text: `${weightBytes + tableBytes} bytes: ${weightBytes} of weights, ${tableBytes} of tables; the code comes on top`,
      },
    ],
    input: {
      shape: formatShape(shape),
      ...shape,
      ctype: elementType(source.type),
      type: numberType(source.type),
      casts: source.type.dtype !== 'i8',
      unit: source.type.dtype === 'i8' ? 'bytes' : 'elements',
      count: elementCount(shape),
      ...row,
      ...source.type.quantisation,
    },
    output: {
      shape: formatShape(output.shape),
      ctype: elementType(output),
      count: elementCount(output.shape),
      meaning: outputMeaning(output),
    },
    arenaBytes: plan.arenaBytes,
    usesArena: plan.arenaBytes > 0,
    placesRows: plan.imageBytes + plan.arenaBytes > 0,
    image,
    arenaSection: placement.arena?.section ?? '',
    weightsSection: placement.weights?.section ?? '',
    places: sectionViews(placement),
    boundBytes: plan.boundBytes,
    weightBytes,
    tableBytes,
    constantBytes: weightBytes + tableBytes,
    constantLines: inLines(constantNames(layers, places, push), namesPerLine),
    limits,
    buffers: bufferViews(plan),
    rowTables: places,
    rowLists: rowLists(layers),
    steps: stepsView(plan),
    push,
    keepsRows: push?.keepsRows ?? false,
    includesString:
      push?.keepsRows === true ||
      helpers.some(helper => helper.copies === true) ||
      kernels.some(kernel => kernel.copies),
    helpers: helpers.map(helper => engine.render(helper.template, { ...helper.view, ...target }).trimEnd()),
    layers,
  };
}

const namesPerLine = 2;

/** Every constant table of the C but `steps`, which a model always has. */
function constantNames(
  layers: readonly LayerView[],
  places: readonly RowTableView[],
  push: PushView | null,
): readonly string[] {
  const driver = push === null ? [] : ['pushed_steps', ...(push.keepsRows ? ['pushed_slots'] : [])];
  return [...layers.flatMap(({ tables }) => tables), ...places].map(({ symbol }) => symbol).concat(driver);
}

/** The generated files by name, and the view that they were made from. */
export interface EmittedModel {
  readonly files: ReadonlyMap<string, string>;
  readonly view: ModelView;
}

/** Renders the C of a model: `NAME.h`, `NAME.c`, `NAME_weights.h`, `NAME_weights.c`; `NAME_sections.ld` where needed. */
export function emitModel(parts: ModelParts, engine: TemplateEngine): EmittedModel {
  const view = modelView(parts, engine);
  const { name } = view;
  const files = new Map<string, string>([
    [`${name}.h`, engine.render('model/model.h', view)],
    [`${name}.c`, engine.render('model/model.c', view)],
    [`${name}_weights.h`, engine.render('model/weights.h', view)],
    [`${name}_weights.c`, engine.render('model/weights.c', view)],
  ]);
  if (view.places.length > 0) files.set(`${name}_sections.ld`, engine.render('model/sections.ld', view));
  return { files, view };
}

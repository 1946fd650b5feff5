import { imageOf } from '../plan/image.js';
import type { Plan } from '../plan/plan.js';
import { colourOf, formatBytes, formatCount } from './format.js';
import type { LineView, MapView, ShapeView, TensorView, TickView } from './page-views.js';
import { binaryTicks, box, decimalTicks, level, percentOf, staircase } from './shapes.js';

/** A block with the name of what lies in it. */
interface NamedBlock {
  readonly block: number;
  readonly what: string;
  /** Sums and scratch are no rows. */
  readonly hatched: boolean;
}

/** Room above the highest line, as a part of the height. */
const headroom = 0.04;

/**
 * Time to the right, bytes upwards: each row of each tensor where and while it is in the arena. Below the arena lies the
 * input, where it is overwritten.
 */
export function memoryMap(plan: Plan, budget?: number): MapView {
  const steps = plan.steps.length;
  const highest = plan.imageBytes + Math.max(plan.arenaBytes, plan.boundBytes, 1);
  const bytes = Math.ceil(highest * (1 + headroom));
  const tensors = tensorViews(plan, bytes);
  const { peak } = plan;
  const yTicks = binaryTicks(bytes, 7);
  return {
    steps,
    bytes,
    description:
      `Memory map: ${formatCount(steps)} steps from left to right, ${whatIsPlanned(plan)} ` +
      `from bottom to top. ${formatCount(tensors.reduce((sum, { blocks }) => sum + blocks.length, 0))} blocks in the colours of their layers. ` +
      `Most bytes are live in step ${formatCount(peak.step)}.`,
    xTicks: ticks(decimalTicks(steps, 10), steps),
    yTicks: ticks(yTicks, bytes),
    grid: yTicks.map(y => level(bytes - y, steps)).join(''),
    ...hatching(steps, bytes),
    hasHatched: tensors.some(({ hatched }) => hatched !== ''),
    hasImage: plan.imageBytes > 0,
    tensors,
    lines: lineViews(plan, budget, bytes),
    live: {
      path: staircase(plan.live, bytes),
      peak: `M${peak.step + 0.5} ${bytes - peak.bytes}h0`,
      value: `at most ${formatBytes(peak.bytes)}, first in step ${formatCount(peak.step)} (${peak.node.name})`,
    },
  };
}

function whatIsPlanned({ imageBytes, arenaBytes }: Plan): string {
  const arena = `the ${formatBytes(arenaBytes)} of the arena`;
  return imageBytes === 0 ? arena : `the ${formatBytes(imageBytes)} of the input, which is overwritten, and ${arena}`;
}

function ticks(values: readonly number[], last: number): TickView[] {
  return values.map((value, i) => ({ at: percentOf(value, last), label: formatCount(value), minor: i % 2 === 1 }));
}

/** A tile of diagonal stripes, in units that differ in width and height. */
function hatching(steps: number, bytes: number): Pick<MapView, 'hatch' | 'hatchWidth' | 'hatchHeight'> {
  const [w, h] = [steps / 140, bytes / 60];
  const text = (value: number): string => String(Number(value.toPrecision(6)));
  const corner = `M0 0H${text(w / 2)}L0 ${text(h / 2)}z`;
  const band = `M${text(w)} 0V${text(h / 2)}L${text(w / 2)} ${text(h)}H0z`;
  return { hatchWidth: text(w), hatchHeight: text(h), hatch: corner + band };
}

function lineViews(plan: Plan, budget: number | undefined, top: number): LineView[] {
  const steps = plan.steps.length;
  const { imageBytes } = plan;
  const line = (kind: string, label: string, bytes: number, from = imageBytes): LineView => {
    return { kind, path: level(top - from - bytes, steps), label, value: formatBytes(bytes) };
  };
  return [
    ...(imageBytes === 0 ? [] : [line('image', 'end of the input; above it the arena', imageBytes, 0)]),
    line('bound', 'row-live bound of this order, no two rows sharing bytes', plan.boundBytes),
    line('arena', 'arena', plan.arenaBytes),
    line('least', 'no order and no placement of these layers needs less', plan.leastBytes),
    ...(budget !== undefined && budget < top ? [line('budget', 'RAM of the target', budget, 0)] : []),
  ];
}

function tensorViews(plan: Plan, top: number): TensorView[] {
  const named = plan.layers.map((_, l) => blocksOf(plan, l));
  const ofImage = imageBlocks(plan);
  const names = new Map([...ofImage, ...named.flat()].map(({ block, what }) => [block, what]));
  const view = (
    blocks: readonly NamedBlock[],
    layer: TensorView['layer'],
    colour: TensorView['colour'],
  ): TensorView[] => {
    if (blocks.length === 0) return [];
    const shapes = blocks.map(block => ({ ...shapeOf(plan, block, names, top), hatched: block.hatched }));
    const hatched = shapes.filter(shape => shape.hatched).map(shape => shape.path);
    const shown = shapes.map(({ path, title }) => ({ path, title }));
    return [{ layer, colour, blocks: shown, hatched: hatched.join('') }];
  };
  return [
    ...view(ofImage, 'input', 'input'),
    ...named.flatMap((blocks, layer) => view(blocks, layer, colourOf(layer))),
  ];
}

/** The rows of the input, where it is overwritten. */
function imageBlocks({ program, buffers }: Plan): NamedBlock[] {
  const image = imageOf(program);
  if (image === undefined) return [];
  const { name } = program.tensors[image.tensor];
  return Array.from(buffers.rows[image.tensor], (block, r) => ({
    block,
    what: `${name}, row ${r}`,
    hatched: false,
  })).filter(({ block }) => block >= 0);
}

/** What a layer has in the arena. */
function blocksOf({ buffers, layers, program }: Plan, l: number): NamedBlock[] {
  const { node, row } = layers[l];
  const blocks: NamedBlock[] = [];
  const add = (block: number, what: string, hatched: boolean): void => {
    if (block >= 0) blocks.push({ block, what: `${node.name}, ${what}`, hatched });
  };
  add(buffers.states[l], 'sums', true);
  for (const [step, block] of buffers.scratch[l].entries()) add(block, `scratch of step ${step}`, true);
  if (program.tensors[row.output].home === 'arena') {
    for (const [r, block] of buffers.rows[row.output].entries()) add(block, `row ${r}`, false);
  }
  return blocks;
}

function shapeOf(plan: Plan, named: NamedBlock, names: ReadonlyMap<number, string>, top: number): ShapeView {
  const { blocks } = plan.buffers;
  const { bytes, from, to, overlays } = blocks[named.block];
  const offset = plan.offsets[named.block];
  const beneath = overlays
    .map(({ block }) => block)
    .filter(b => offset < plan.offsets[b] + blocks[b].bytes && plan.offsets[b] < offset + bytes)
    .map(b => names.get(b) ?? '');
  const when = from === to ? `step ${formatCount(from)}` : `steps ${formatCount(from)} to ${formatCount(to)}`;
  const over = beneath.length === 0 ? '' : `; written over ${beneath.join(' and ')}`;
  return {
    path: box(from, top - offset - bytes, to + 1 - from, bytes),
    title: `${named.what}: ${formatBytes(bytes)} at ${formatCount(offset)}, ${when}${over}`,
  };
}

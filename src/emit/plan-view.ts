import { elementBytes } from '../kernels/kernel.js';
import { imageOf } from '../plan/image.js';
import type { Plan } from '../plan/plan.js';
import type { Pushing } from '../plan/pushing.js';
import { rowTableOf, scratchTableOf } from './layer-view.js';
import { extentOf, inLines } from './tables.js';
import type { BufferView, PushView, RowTableView, StepsView } from './views.js';

const perLine = 16;
const stepsPerLine = 8;
/** Columns of the chart. */
const chartWidth = 96;

/** The smallest unsigned type that holds all values. */
function unsignedType(values: Iterable<number>): RowTableView['ctype'] {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most < 2 ** 8 ? 'uint8_t' : most < 2 ** 16 ? 'uint16_t' : 'uint32_t';
}

/** Places of all rows and of all scratch, in words. */
export function rowTables(plan: Plan): RowTableView[] {
  const table = (symbol: string, blocks: Int32Array, comment: string): RowTableView => {
    const words = Array.from(blocks, block => plan.offsets[block] / 4);
    return { symbol, ctype: unsignedType(words), comment, count: words.length, lines: inLines(words, perLine) };
  };
  return plan.layers.flatMap(({ node, row }, l) => {
    const tables: RowTableView[] = [];
    if (plan.program.tensors[row.output].home === 'arena') {
      tables.push(table(rowTableOf(l), plan.buffers.rows[row.output], `rows of ${node.name}`));
    }
    if (row.scratchBytes > 0) tables.push(table(scratchTableOf(l), plan.buffers.scratch[l], `scratch of ${node.name}`));
    return tables;
  });
}

/** The memory map: a line per tensor of the arena or of an image that is overwritten, and per layer that keeps sums. */
export function bufferViews(plan: Plan): BufferView[] {
  const { rows, states } = plan.buffers;
  const views: BufferView[] = [];
  const add = (name: string, numbers: readonly number[], bytes: number): void => {
    views.push({ name, rows: numbers.length, rowBytes: bytes, ...extentOf(plan, numbers) });
  };
  const image = imageOf(plan.program);
  if (image !== undefined) {
    const { name, rowBytes } = plan.program.tensors[image.tensor];
    const read = [...rows[image.tensor]].filter(b => b >= 0);
    add(name, read, rowBytes);
  }
  for (const [l, { node, row }] of plan.layers.entries()) {
    if (states[l] >= 0) add(`sums of ${node.name}`, [states[l]], row.stateBytes);
    if (row.scratchBytes > 0) add(`scratch of ${node.name}`, [...plan.buffers.scratch[l]], row.scratchBytes);
    const { home, rowBytes } = plan.program.tensors[row.output];
    if (home === 'arena') add(node.name, [...rows[row.output]], rowBytes);
  }
  return views;
}

const stepType = (plan: Plan): RowTableView['ctype'] =>
  unsignedType(plan.steps.flatMap(({ layer, index }) => [layer, index]));

export function stepsView(plan: Plan): StepsView {
  const { steps } = plan;
  return {
    count: steps.length,
    ctype: stepType(plan),
    chart: chart(plan),
    lines: inLines(Array.from(steps.keys()), stepsPerLine).map(line =>
      line.map(s => `{${steps[s].layer}, ${steps[s].index}}`).join(', '),
    ),
  };
}

/** Each column stands for some steps; a mark where the layer has one of them. */
function chart({ steps, layers }: Plan): string[] {
  const columns = Math.min(chartWidth, steps.length);
  return layers.map((_, l) => {
    const marks = new Array<string>(columns).fill('.');
    for (const [time, step] of steps.entries()) {
      if (step.layer === l) marks[Math.floor((time * columns) / steps.length)] = '#';
    }
    return `${String(l).padStart(2)} ${marks.join('')}`;
  });
}

export function pushView(
  { stepsAfter, outputFrom, keptRows, ringBytes, stagedBytes }: Pushing,
  input: { readonly height: number; readonly rowElements: number; readonly rowBytes: number },
): PushView {
  const holdsOutput = stagedBytes > 0;
  const cuts = stepsAfter.map((steps, rows) => (rows === 0 ? 0 : holdsOutput ? steps : Math.min(steps, outputFrom)));
  return {
    rows: input.height,
    rowElements: input.rowElements,
    rowBytes: input.rowBytes,
    cuts: inLines(cuts, perLine),
    bytes: ringBytes + stagedBytes,
    keepsRows: ringBytes > 0,
    keptRows,
    slots: inLines(
      Array.from({ length: input.height }, (_, row) => row % keptRows),
      perLine,
    ),
    holdsOutput,
  };
}

/** Bytes of flash that the driver's tables take. */
export function planTableBytes(plan: Plan, tables: readonly RowTableView[], push: PushView | null): number {
  const rows = tables.reduce((sum, t) => sum + t.count * elementBytes[t.ctype], 0);
  const step = 2 * elementBytes[stepType(plan)];
  const cuts = push === null ? 0 : 2 * (push.rows + 1) + (push.keepsRows ? push.rows : 0);
  return rows + plan.steps.length * step + cuts;
}

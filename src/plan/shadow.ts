import type { RowPlan } from './plan-rows.js';
import { rowMade, rowsRead } from './row-program.js';

/** What a plan does wrong, where it does. */
export interface PlanFault {
  /** Number of the step. */
  readonly step: number;
  readonly layer: string;
  readonly message: string;
}

const nothing = -1;

/**
 * Executes a plan on tagged bytes: each byte of the arena has a tag: which byte of which buffer was written there last.
 * Every row that a step reads must still be there, whole; so must the state of its layer. Output bytes may take the place
 * of input bytes only as the kernel's declared overlay allows: it is checked byte by byte, with the kernel reading as late
 * and writing as early as that declaration lets it. An image that may be overwritten lies before the arena, and holds the
 * rows of the input at the start.
 *
 * It shares with the planner no more than the program and the plan: neither lifetimes nor conflicts.
 *
 * @returns the first fault, or nothing
 */
export function shadowRun(plan: RowPlan): PlanFault | undefined {
  const { program, steps, buffers, offsets, imageBytes, arenaBytes } = plan;
  const { tensors, layers } = program;
  const space = new Int32Array(imageBytes + arenaBytes).fill(nothing);
  const callersBytes = tensors.reduce((sum, t) => sum + (t.home === 'consumed' ? t.rows * t.rowBytes : 0), 0);
  /** A tag for each byte of each buffer. */
  const tagBase = new Map<string, number>();
  let nextTag = 0;
  const tagsOf = (buffer: string, bytes: number): number => {
    const known = tagBase.get(buffer);
    if (known !== undefined) return known;
    const base = nextTag;
    nextTag += bytes;
    tagBase.set(buffer, base);
    return base;
  };
  const counts = new Int32Array(layers.length);
  const made = tensors.map(({ rows, home }) => new Array<boolean>(rows).fill(home === 'input' || home === 'consumed'));
  for (const [t, { home, rows, rowBytes }] of tensors.entries()) {
    if (home !== 'consumed') continue;
    for (let r = 0; r < rows; r++) {
      const base = tagsOf(`${t}:${r}`, rowBytes);
      for (let i = 0; i < rowBytes; i++) space[r * rowBytes + i] = base + i;
    }
  }

  for (const [time, { layer: l, index }] of steps.entries()) {
    const layer = layers[l];
    const fault = (message: string): PlanFault => ({ step: time, layer: layer.name, message });
    if (counts[l]++ !== index) return fault(`is step ${index} where ${counts[l] - 1} is due`);

    /** A buffer that this step uses, and whether what it holds is the buffer's own. */
    const extent = (name: string, block: number, bytes: number) => {
      const start = offsets[block];
      const end = start + bytes;
      const inImage = start >= 0 && end <= callersBytes;
      const inArena = start >= imageBytes && end <= imageBytes + arenaBytes;
      const inside = (inImage || inArena) && start % 4 === 0;
      return { name, start, bytes, inside, base: tagsOf(name, bytes) };
    };
    const intact = ({ start, bytes, base }: ReturnType<typeof extent>): boolean => {
      for (let i = 0; i < bytes; i++) if (space[start + i] !== base + i) return false;
      return true;
    };
    const write = ({ start, bytes, base }: ReturnType<typeof extent>): void => {
      for (let i = 0; i < bytes; i++) space[start + i] = base + i;
    };

    const reads: { readonly area: ReturnType<typeof extent>; readonly overlay: number | undefined }[] = [];
    for (const { tensor, window, overlay } of layer.inputs) {
      const { rows, home, rowBytes, name } = tensors[tensor];
      const [first, end] = rowsRead(window, index, rows);
      for (let r = first; r < end; r++) {
        if (!made[tensor][r]) return fault(`reads row ${r} of ${name} before it is made`);
        if (home !== 'arena' && home !== 'consumed') continue;
        const placed = extent(`${tensor}:${r}`, buffers.rows[tensor][r], rowBytes);
        // Where the caller has it, whatever the plan says.
        const area = home === 'consumed' ? { ...placed, start: r * rowBytes, inside: true } : placed;
        if (!area.inside) return fault(`row ${r} of ${name} is not in the arena`);
        if (!intact(area)) return fault(`row ${r} of ${name} was overwritten before it is read`);
        reads.push({ area, overlay });
      }
    }

    const writes: ReturnType<typeof extent>[] = [];
    if (layer.stateBytes > 0) {
      const state = extent(`state ${l}`, buffers.states[l], layer.stateBytes);
      if (!state.inside) return fault('its state is not in the arena');
      if (index > 0 && !intact(state)) return fault('its state was overwritten');
      writes.push(state);
    }
    if (layer.scratchBytes > 0)
      writes.push(extent(`scratch ${l}:${index}`, buffers.scratch[l][index], layer.scratchBytes));
    const row = rowMade(layer, index);
    const output = tensors[layer.output];
    const out =
      row === undefined || output.home !== 'arena'
        ? undefined
        : extent(`${layer.output}:${row}`, buffers.rows[layer.output][row], output.rowBytes);
    if (row !== undefined) made[layer.output][row] = true;

    for (const area of out === undefined ? writes : [...writes, out]) {
      if (!area.inside) return fault(`${area.name} is not in the arena`);
      for (const read of reads) {
        const apart = area.start + area.bytes <= read.area.start || read.area.start + read.area.bytes <= area.start;
        const allowed = area === out && read.overlay !== undefined && area.start + read.overlay <= read.area.start;
        if (!apart && !allowed) return fault(`${area.name} lies over ${read.area.name}, which it reads`);
      }
      for (const other of writes) {
        const apart = area.start + area.bytes <= other.start || other.start + other.bytes <= area.start;
        if (area !== other && !apart) return fault(`${area.name} lies over ${other.name}`);
      }
    }
    // State and scratch first: if they meet the row, the row's bytes win and the state is found damaged later.
    for (const area of writes) write(area);
    if (out !== undefined) write(out);
  }
  const missing = layers.find((layer, l) => counts[l] !== layer.steps);
  if (missing !== undefined) return { step: steps.length, layer: missing.name, message: 'does not do all its steps' };
  return undefined;
}

import { freedBytes, imageOf, overlayInWords } from './image.js';
import {
  aligned,
  isPlanned,
  type RowLayer,
  type RowProgram,
  type RowTensor,
  rowMade,
  rowsRead,
} from './row-program.js';

/** A row of a tensor that a step reads as the last step of its layer to do so. */
interface Release {
  readonly tensor: number;
  readonly row: number;
  readonly bytes: number;
  /** In whole words. */
  readonly overlay: number | undefined;
}

/** How a step changes the live bytes: the most while it runs, and what remains. */
export interface Change {
  readonly during: number;
  readonly after: number;
}

/**
 * Live bytes of the arena as a function of how many steps each layer has done, its `counts`. A row is live from the step
 * that makes it to the last step that reads it; an output row that may lie over rows which die in the same step shares
 * their bytes. Rows of an image that may be overwritten are live from the start, and counted as whole words, of which they
 * take no fewer.
 */
export class LiveMemory {
  /** Per layer and input: how many steps of the maker a step needs; and who the maker is. */
  private readonly needs: readonly (readonly { readonly maker: number; readonly counts: Int32Array }[])[];
  /** Per tensor: its readers, with the step count after which a reader has done with a row. */
  private readonly readers: readonly (readonly { readonly layer: number; readonly doneAfter: Int32Array }[])[];
  private readonly releases: readonly (readonly (readonly Release[])[])[];
  /** What is live before the first step: the image, where it may be overwritten. */
  readonly startBytes: number;

  constructor(readonly program: RowProgram) {
    const { tensors, layers } = program;
    const makers = new Map(layers.map(({ output }, l) => [output, l]));
    this.needs = layers.map(layer =>
      layer.inputs.flatMap(({ tensor, window }) => {
        const maker = makers.get(tensor);
        if (maker === undefined) return [];
        const { steps, makes } = layers[maker];
        const counts = Int32Array.from({ length: layer.steps }, (_, k) => {
          const [first, end] = rowsRead(window, k, tensors[tensor].rows);
          if (first === end) return 0;
          return makes === 'each' ? end : steps;
        });
        return [{ maker, counts }];
      }),
    );
    this.readers = tensors.map(({ rows }, t) =>
      layers.flatMap((layer, l) => {
        if (!layer.inputs.some(({ tensor }) => tensor === t)) return [];
        return [{ layer: l, doneAfter: doneAfter(layer, t, rows) }];
      }),
    );
    this.releases = layers.map((layer, l) => {
      const steps: Release[][] = Array.from({ length: layer.steps }, () => []);
      for (const tensor of new Set(layer.inputs.map(input => input.tensor))) {
        const reader = this.readers[tensor].find(r => r.layer === l);
        if (!isPlanned(tensors[tensor]) || reader === undefined) continue;
        const distance = overlayOf(layer, tensor);
        for (const [row, done] of reader.doneAfter.entries()) {
          if (done === 0) continue;
          const bytes = liveBytes(tensors[tensor], row);
          const overlay = distance === undefined ? undefined : overlayBytes(tensors[tensor], row, distance);
          steps[done - 1].push({ tensor, row, bytes, overlay });
        }
      }
      return steps;
    });
    this.startBytes = this.imageBytes();
  }

  /** Image rows that somebody reads, and the word that the image only begins. */
  private imageBytes(): number {
    const image = imageOf(this.program);
    if (image === undefined) return 0;
    const { rows, rowBytes } = this.program.tensors[image.tensor];
    let bytes = image.end - freedBytes(0, image.bytes);
    for (let row = 0; row < rows; row++) {
      if (this.readers[image.tensor].some(reader => reader.doneAfter[row] > 0)) bytes += freedBytes(row, rowBytes);
    }
    return bytes;
  }

  start(): Int32Array {
    return new Int32Array(this.program.layers.length);
  }

  /** May the next step of a layer be done? */
  enabled(counts: Int32Array, layer: number): boolean {
    const step = counts[layer];
    if (step >= this.program.layers[layer].steps) return false;
    for (const need of this.needs[layer]) if (counts[need.maker] < need.counts[step]) return false;
    return true;
  }

  /** The first maker that has not done enough steps for the next step of a layer, and how many it takes. */
  missing(counts: Int32Array, layer: number): { readonly layer: number; readonly steps: number } | undefined {
    const step = counts[layer];
    const need = this.needs[layer].find(({ maker, counts: wanted }) => counts[maker] < wanted[step]);
    return need && { layer: need.maker, steps: need.counts[step] };
  }

  /** What the next step of a layer changes. */
  change(counts: Int32Array, l: number): Change {
    const layer = this.program.layers[l];
    const step = counts[l];
    let freed = 0;
    let dying = 0;
    let least = Number.POSITIVE_INFINITY;
    const made = rowMade(layer, step) === undefined ? 0 : this.outputBytes(layer);
    for (const { tensor, row, bytes, overlay } of this.releases[l][step]) {
      if (!this.diesWith(counts, l, tensor, row)) continue;
      freed += bytes;
      if (overlay === undefined) continue;
      dying += bytes;
      least = Math.min(least, overlay);
    }
    const shared = Math.max(0, Math.min(dying, made - least));
    const begun = step === 0 ? aligned(layer.stateBytes) : 0;
    const ended = step === layer.steps - 1 ? aligned(layer.stateBytes) : 0;
    const read = this.readByAnyone(layer, step);
    return {
      during: made + begun + aligned(layer.scratchBytes) - shared,
      after: (read ? made : 0) + begun - ended - freed,
    };
  }

  /** Steps of a layer whose row nobody reads; none for the layer that makes the result. */
  unreadSteps(l: number): ReadonlySet<number> {
    const layer = this.program.layers[l];
    if (this.program.tensors[layer.output].home === 'output') return new Set();
    const steps = Array.from({ length: layer.steps }, (_, k) => k);
    return new Set(steps.filter(k => rowMade(layer, k) !== undefined && !this.readByAnyone(layer, k)));
  }

  /** The most that a step of a layer takes by itself: the rows that it reads and makes, its state and its scratch. */
  leastDuring(l: number): number {
    const layer = this.program.layers[l];
    let most = 0;
    for (let k = 0; k < layer.steps; k++) {
      const made = rowMade(layer, k) === undefined ? 0 : this.outputBytes(layer);
      let read = 0;
      let shared = 0;
      for (const tensor of new Set(layer.inputs.map(input => input.tensor))) {
        const rows = this.program.tensors[tensor];
        if (!isPlanned(rows)) continue;
        const windows = layer.inputs.filter(input => input.tensor === tensor);
        const spans = windows.map(({ window }) => {
          const [first, end] = rowsRead(window, k, rows.rows);
          let sum = 0;
          for (let row = first; row < end; row++) sum += liveBytes(rows, row);
          return sum;
        });
        const bytes = Math.max(...spans);
        read += bytes;
        if (overlayOf(layer, tensor) !== undefined) shared += bytes;
      }
      most = Math.max(
        most,
        read + made - Math.min(made, shared) + aligned(layer.stateBytes) + aligned(layer.scratchBytes),
      );
    }
    return most;
  }

  private outputBytes({ output }: RowLayer): number {
    const { home, rowBytes } = this.program.tensors[output];
    return home === 'arena' ? aligned(rowBytes) : 0;
  }

  /** Do all other readers have done with the row? */
  private diesWith(counts: Int32Array, layer: number, tensor: number, row: number): boolean {
    for (const reader of this.readers[tensor]) {
      if (reader.layer !== layer && counts[reader.layer] < reader.doneAfter[row]) return false;
    }
    return true;
  }

  private readByAnyone(layer: RowLayer, step: number): boolean {
    const row = rowMade(layer, step);
    return row !== undefined && this.readers[layer.output].some(reader => reader.doneAfter[row] > 0);
  }
}

/** What a living row takes, in whole words. */
function liveBytes({ home, rowBytes }: RowTensor, row: number): number {
  return home === 'consumed' ? freedBytes(row, rowBytes) : aligned(rowBytes);
}

/** How many bytes of an output row cannot lie over a row. */
function overlayBytes({ home, rowBytes }: RowTensor, row: number, distance: number): number {
  return home === 'consumed' ? overlayInWords(row, rowBytes, distance) : aligned(distance);
}

/** Per row of a tensor: how many steps a layer has done when it needs the row no more; 0 when it never does. */
function doneAfter(layer: RowLayer, tensor: number, rows: number): Int32Array {
  const done = new Int32Array(rows);
  for (const input of layer.inputs) {
    if (input.tensor !== tensor) continue;
    for (let k = 0; k < layer.steps; k++) {
      const [first, end] = rowsRead(input.window, k, rows);
      for (let r = first; r < end; r++) done[r] = Math.max(done[r], k + 1);
    }
  }
  return done;
}

/** The overlay that suits every way in which the layer reads the tensor. */
export function overlayOf(layer: RowLayer, tensor: number): number | undefined {
  let overlay: number | undefined = 0;
  for (const input of layer.inputs) {
    if (input.tensor !== tensor || overlay === undefined) continue;
    overlay = input.overlay === undefined ? undefined : Math.max(overlay, input.overlay);
  }
  return overlay;
}

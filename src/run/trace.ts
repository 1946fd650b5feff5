import { fail } from '../diagnostics/diagnostic.js';
import type { TracedLayer } from '../toolchain/firmware.js';

const headerBytes = 8;

type TracedRows = Pick<TracedLayer, 'name' | 'rows' | 'rowBytes'>;

/**
 * Reads trace.bin: for every row of every layer of every vector a record { uint16 layer, uint16 row, uint32 bytes } and
 * the bytes. Within a vector the rows come in any order, each once.
 *
 * @returns `[v][l]`: the bytes of layer `l` for vector `v`, rows in order
 * @throws CompileError E0808 unless it has exactly the rows of `vectors` inferences
 */
export function parseTrace(trace: Uint8Array, layers: readonly TracedRows[], vectors: number): Uint8Array[][] {
  const view = new DataView(trace.buffer, trace.byteOffset, trace.byteLength);
  let offset = 0;
  const result: Uint8Array[][] = [];
  for (let v = 0; v < vectors; v++) {
    const rows = new RowCollector(layers);
    while (!rows.complete) {
      if (offset + headerBytes > trace.length) failTrace(`ends in vector ${v}, before ${rows.firstMissing()}`);
      const bytes = view.getUint32(offset + 4, true);
      const begin = offset + headerBytes;
      if (begin + bytes > trace.length) failTrace(`ends within a row of vector ${v}`);
      const problem = rows.add(
        view.getUint16(offset, true),
        view.getUint16(offset + 2, true),
        trace.subarray(begin, begin + bytes),
      );
      if (problem !== undefined) failTrace(`has ${problem} in vector ${v}`);
      offset = begin + bytes;
    }
    result.push(rows.data);
  }
  if (offset !== trace.length) failTrace(`has ${trace.length - offset} bytes after the last row`);
  return result;
}

const failTrace = (what: string): never => fail('E0808', `the trace of the firmware ${what}`);

/** The rows of one inference. */
class RowCollector {
  readonly data: Uint8Array[];
  private readonly seen: boolean[][];
  private missing: number;

  constructor(private readonly layers: readonly TracedRows[]) {
    this.data = layers.map(layer => new Uint8Array(layer.rows * layer.rowBytes));
    this.seen = layers.map(layer => new Array<boolean>(layer.rows).fill(false));
    this.missing = layers.reduce((sum, layer) => sum + layer.rows, 0);
  }

  get complete(): boolean {
    return this.missing === 0;
  }

  firstMissing(): string {
    const l = this.seen.findIndex(rows => rows.includes(false));
    return `row ${this.seen[l]?.indexOf(false)} of layer ${this.layers[l]?.name}`;
  }

  /** What is wrong with the row, or nothing. */
  add(l: number, row: number, bytes: Uint8Array): string | undefined {
    const layer = this.layers[l];
    const seen = this.seen[l];
    if (layer === undefined || seen === undefined) return `a row of layer ${l}, of ${this.layers.length} layers`;
    if (row >= layer.rows) return `row ${row} of layer ${layer.name}, which has ${layer.rows}`;
    if (bytes.length !== layer.rowBytes) {
      return `${bytes.length} bytes in row ${row} of layer ${layer.name}, where ${layer.rowBytes} are expected`;
    }
    if (seen[row] === true) return `row ${row} of layer ${layer.name} twice`;
    seen[row] = true;
    this.missing--;
    this.data[l]?.set(bytes, row * layer.rowBytes);
    return undefined;
  }
}

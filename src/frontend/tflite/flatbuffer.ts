/**
 * Reads FlatBuffers, with every offset held against the bytes that are there.
 *
 * The library of the format trusts its input: beyond the end of a buffer it reads zeros, and follows where they lead. A model
 * file may come from anybody, so each access here is checked and says what it was looking for. The format is small: a table
 * is an int32 back to its vtable, which has the uint16 offset of each field; vectors and strings are an uint32 length before
 * of their elements. Source: the FlatBuffers internals document.
 */

/** The bytes contradict the format; `where` is the path to the part, as in `subgraphs[0].operators[3].inputs`. */
export class DamagedBuffer extends Error {
  constructor(
    readonly where: string,
    readonly problem: string,
  ) {
    super(`${where}: ${problem}`);
  }
}

/** Elements of a vector, as the schema names their types. */
const scalars = {
  byte: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  ubyte: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  int: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  uint: { bytes: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  float: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  long: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
} as const;

type Scalar = keyof typeof scalars;

/** More tables than any vector of a model for a microcontroller has: one table may be listed many times in few bytes. */
const mostTables = 16_384;

/** A file of FlatBuffers. */
export class FlatBuffer {
  private readonly view: DataView;
  /** Elements that may still be read. Vectors may share bytes, but a file in which most do was made to exhaust memory. */
  private elements: number;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.elements = 4 * bytes.length;
  }

  /** The root table, of a file whose identifier is `identifier` (4 characters). @throws DamagedBuffer */
  root(identifier: string, name: string): Table {
    if (this.bytes.length < 8) throw new DamagedBuffer(name, `the file has ${this.bytes.length} bytes`);
    const found = String.fromCharCode(...this.bytes.subarray(4, 8));
    if (found !== identifier) throw new DamagedBuffer(name, `the file identifier is not ${identifier}`);
    return this.table(this.view.getUint32(0, true), name);
  }

  /** @throws DamagedBuffer unless `count` bytes lie there */
  require(at: number, count: number, where: string): void {
    if (at >= 0 && at + count <= this.bytes.length) return;
    throw new DamagedBuffer(where, `${count} bytes at offset ${at}, of ${this.bytes.length} in the file`);
  }

  scalar(type: Scalar, at: number, where: string): number {
    const { bytes, read } = scalars[type];
    this.require(at, bytes, where);
    return read(this.view, at);
  }

  /** Where an offset that is stored at `at` leads. Offsets count from where they stand. */
  follow(at: number, where: string): number {
    return at + this.scalar('uint', at, where);
  }

  table(at: number, where: string): Table {
    const vtable = at - this.scalar('int', at, where);
    this.require(vtable, 4, where);
    const size = this.view.getUint16(vtable, true);
    this.require(vtable, size, where);
    return new Table(this, at, vtable, size, where);
  }

  /** Number and place of the elements of a vector. */
  vector(at: number, elementBytes: number, where: string): { readonly count: number; readonly first: number } {
    const count = this.scalar('uint', at, where);
    this.require(at + 4, count * elementBytes, where);
    return { count, first: at + 4 };
  }

  /** Counts elements that are copied. @throws DamagedBuffer when there are far more than the file has bytes */
  spend(count: number, where: string): void {
    this.elements -= count;
    if (this.elements < 0) throw new DamagedBuffer(where, 'the same bytes are listed over and over');
  }

  slice(first: number, count: number): Uint8Array {
    return this.bytes.subarray(first, first + count);
  }
}

/** A table; its fields by their number in the schema, which counts a union as two. An absent field has its default. */
export class Table {
  constructor(
    private readonly buffer: FlatBuffer,
    private readonly at: number,
    private readonly vtable: number,
    private readonly vtableBytes: number,
    readonly where: string,
  ) {}

  /** Where a field is stored; undefined when the file leaves it out. */
  private place(field: number): number | undefined {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.vtableBytes) return undefined;
    const low = this.buffer.scalar('ubyte', this.vtable + entry, this.where);
    const offset = low + 256 * this.buffer.scalar('ubyte', this.vtable + entry + 1, this.where);
    return offset === 0 ? undefined : this.at + offset;
  }

  private path(name: string): string {
    return `${this.where}.${name}`;
  }

  scalar(field: number, name: string, type: Scalar, otherwise: number): number {
    const place = this.place(field);
    return place === undefined ? otherwise : this.buffer.scalar(type, place, this.path(name));
  }

  table(field: number, name: string): Table | undefined {
    const place = this.place(field);
    if (place === undefined) return undefined;
    return this.buffer.table(this.buffer.follow(place, this.path(name)), this.path(name));
  }

  /** A vector of tables; empty when absent. */
  tables(field: number, name: string): Table[] {
    const place = this.place(field);
    if (place === undefined) return [];
    const where = this.path(name);
    const { count, first } = this.buffer.vector(this.buffer.follow(place, where), 4, where);
    if (count > mostTables) throw new DamagedBuffer(where, `${count} entries, where at most ${mostTables} are read`);
    this.buffer.spend(count, where);
    return Array.from({ length: count }, (_, i) => {
      const entry = `${where}[${i}]`;
      return this.buffer.table(this.buffer.follow(first + 4 * i, entry), entry);
    });
  }

  /** A vector of numbers of at most `most` elements; undefined when absent. */
  numbers(field: number, name: string, type: Scalar, most: number): readonly number[] | undefined {
    const place = this.place(field);
    if (place === undefined) return undefined;
    const where = this.path(name);
    const { bytes } = scalars[type];
    const { count, first } = this.buffer.vector(this.buffer.follow(place, where), bytes, where);
    if (count > most) throw new DamagedBuffer(where, `${count} elements, where at most ${most} are read`);
    this.buffer.spend(count, where);
    return Array.from({ length: count }, (_, i) => this.buffer.scalar(type, first + bytes * i, where));
  }

  /** A vector of bytes, as a view of the file. */
  bytes(field: number, name: string): Uint8Array | undefined {
    const place = this.place(field);
    if (place === undefined) return undefined;
    const where = this.path(name);
    const { count, first } = this.buffer.vector(this.buffer.follow(place, where), 1, where);
    return this.buffer.slice(first, count);
  }

  /** A text in UTF-8, cut to 256 bytes: names serve people only. */
  text(field: number, name: string): string {
    const bytes = this.bytes(field, name);
    return bytes === undefined ? '' : new TextDecoder().decode(bytes.subarray(0, 256));
  }
}

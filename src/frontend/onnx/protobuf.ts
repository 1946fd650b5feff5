import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** The bytes contradict the format; `where` is the path to the part, as in `graph.node[3].attribute[0]`. */
export class DamagedMessage extends Error {
  constructor(
    readonly where: string,
    readonly problem: string,
  ) {
    super(`${where}: ${problem}`);
  }
}

/**
 * Fields that may be kept of a whole file. Tensors are one field each, however large, so that this is far more than any
 * network for a microcontroller has, and little memory.
 */
const mostFields = 2 ** 20;

/** Longest name: names tell tensors apart, so none is cut. */
const mostNameBytes = 1024;

/** Counts what is kept of a file, over all of its messages. */
export class FieldBudget {
  private left = mostFields;

  spend(where: string): void {
    if (--this.left < 0) throw new DamagedMessage(where, `more than ${mostFields} fields`);
  }
}

type Raw = number | Uint8Array;

/**
 * One message of a protobuf file: the fields that `wanted` lists, by number. The library's reader holds every length against
 * the bytes that are there; this adds a bound on how many fields are kept, and paths for diagnostics. Nothing is copied.
 */
export class Message {
  private readonly fields = new Map<number, Raw[]>();

  constructor(
    readonly bytes: Uint8Array,
    readonly where: string,
    wanted: Readonly<Record<string, number>>,
    private readonly budget: FieldBudget,
  ) {
    const numbers = new Set(Object.values(wanted));
    const reader = new BinaryReader(bytes);
    try {
      while (reader.pos < reader.len) {
        const [field, wire] = reader.tag();
        if (wire === WireType.StartGroup) throw new DamagedMessage(where, 'a group, which the format does not have');
        if (numbers.has(field)) this.keep(field, readRaw(reader, wire));
        else reader.skip(wire, field);
      }
    } catch (error) {
      if (error instanceof DamagedMessage || !(error instanceof Error)) throw error;
      throw new DamagedMessage(where, error.message);
    }
  }

  private keep(field: number, value: Raw): void {
    this.budget.spend(this.where);
    const found = this.fields.get(field);
    if (found === undefined) this.fields.set(field, [value]);
    else found.push(value);
  }

  has(field: number): boolean {
    return this.fields.has(field);
  }

  /** A number: the last one counts, as the format has it. */
  number(field: number, name: string, otherwise: number): number {
    const value = this.fields.get(field)?.at(-1) ?? otherwise;
    if (typeof value === 'number') return value;
    throw new DamagedMessage(`${this.where}.${name}`, 'bytes where a number is expected');
  }

  chunks(field: number, name: string): readonly Uint8Array[] {
    return (this.fields.get(field) ?? []).map(value => {
      if (typeof value !== 'number') return value;
      throw new DamagedMessage(`${this.where}.${name}`, 'a number where bytes are expected');
    });
  }

  bytesOf(field: number, name: string): Uint8Array | undefined {
    return this.chunks(field, name).at(-1);
  }

  message(field: number, name: string, wanted: Readonly<Record<string, number>>): Message | undefined {
    const bytes = this.bytesOf(field, name);
    return bytes && new Message(bytes, `${this.where}.${name}`, wanted, this.budget);
  }

  messages(field: number, name: string, wanted: Readonly<Record<string, number>>, most: number): Message[] {
    const chunks = this.chunks(field, name);
    const where = `${this.where}.${name}`;
    if (chunks.length > most)
      throw new DamagedMessage(where, `${chunks.length} entries, where at most ${most} are read`);
    return chunks.map((bytes, i) => new Message(bytes, `${where}[${i}]`, wanted, this.budget));
  }

  text(field: number, name: string): string {
    return this.decode(this.bytesOf(field, name) ?? new Uint8Array(), name);
  }

  texts(field: number, name: string): string[] {
    return this.chunks(field, name).map(bytes => this.decode(bytes, name));
  }

  private decode(bytes: Uint8Array, name: string): string {
    if (bytes.length > mostNameBytes)
      throw new DamagedMessage(`${this.where}.${name}`, `a name of ${bytes.length} bytes`);
    return new TextDecoder().decode(bytes);
  }

  /** A repeated number, packed or not, of at most `most` elements. */
  numbers(field: number, name: string, type: 'int64' | 'float' | 'double', most: number): number[] {
    const where = `${this.where}.${name}`;
    const result: number[] = [];
    const add = (value: number) => {
      if (result.length >= most) throw new DamagedMessage(where, `more than ${most} elements`);
      result.push(value);
    };
    for (const raw of this.fields.get(field) ?? []) {
      if (typeof raw === 'number') {
        add(raw);
        continue;
      }
      const reader = new BinaryReader(raw);
      try {
        while (reader.pos < reader.len) {
          add(type === 'int64' ? Number(reader.int64()) : type === 'float' ? reader.float() : reader.double());
        }
      } catch (error) {
        if (error instanceof DamagedMessage || !(error instanceof Error)) throw error;
        throw new DamagedMessage(where, error.message);
      }
    }
    return result;
  }
}

function readRaw(reader: BinaryReader, wire: WireType): Raw {
  switch (wire) {
    case WireType.Varint:
      return Number(reader.int64());
    case WireType.Bit32:
      return reader.float();
    case WireType.Bit64:
      return reader.double();
    case WireType.LengthDelimited:
      return reader.bytes();
    default:
      throw new Error(`wire type ${wire}`);
  }
}

import { truncateSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '../../src/diagnostics/diagnostic.js';
import type { Refuse } from '../../src/frontend/arrays/bounded-file.js';
import { halfToNumber, type NumericArray } from '../../src/frontend/arrays/elements.js';
import { parseNpy, readNpy, writeNpy } from '../../src/frontend/arrays/npy.js';
import { permute } from '../../src/frontend/arrays/permute.js';
import { readWeightsFile } from '../../src/frontend/weights/weights-file.js';
import numpy from './fixtures/numpy.json' with { type: 'json' };
import { expectCode, floats, scratch, toleratesOnlyRefusal } from './helpers.js';

const refuse: Refuse = (message, details) => fail('E0402', message, details);
const parse = (bytes: Uint8Array) => parseNpy(bytes, refuse);
const save = scratch();

/** An .npy with a header text of one's own. */
function withHeader(dict: string, data: Uint8Array = new Uint8Array(), version = 1, claimed?: number): Uint8Array {
  const head = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(head + dict.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, claimed ?? dict.length, true);
  else view.setUint32(8, claimed ?? dict.length, true);
  bytes.set(Buffer.from(dict, 'latin1'), head);
  bytes.set(data, head + dict.length);
  return bytes;
}
const dict = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe('reading what numpy writes', () => {
  for (const [name, file] of Object.entries(numpy.npy)) {
    it(name, () => {
      const array = parse(Buffer.from(file.base64, 'base64'));
      expect(array.shape).toEqual(file.shape);
      expect([...array.data]).toEqual(file.values);
    });
  }

  it('converts float16 to float32 and int64 to int32', () => {
    expect(parse(Buffer.from(numpy.npy['<f2'].base64, 'base64')).data).toBeInstanceOf(Float32Array);
    expect(parse(Buffer.from(numpy.npy['<i8'].base64, 'base64')).data).toBeInstanceOf(Int32Array);
  });

  it('takes the extremes of int32 from int64, and nothing beyond', () => {
    const file = (...values: bigint[]) =>
      withHeader(dict("'<i8'", `(${values.length},)`), new Uint8Array(BigInt64Array.from(values).buffer));
    expect([...parse(file(-(2n ** 31n), 2n ** 31n - 1n, -1n)).data]).toEqual([-(2 ** 31), 2 ** 31 - 1, -1]);
    expectCode(() => parse(file(1n, 2n ** 31n)), 'E0402', /element 1 is 2147483648/);
    expectCode(() => parse(file(-(2n ** 31n) - 1n)), 'E0402', /element 0 is -2147483649/);
  });

  it('reads a header of Python 2, and one with double quotes', () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6]);
    expect(parse(withHeader(dict("'|u1'", '(2L, 3L)'), bytes)).shape).toEqual([2, 3]);
    expect(parse(withHeader('{"shape":(6,),"fortran_order":False,"descr":"|u1"}', bytes)).shape).toEqual([6]);
  });

  it('knows every half', () => {
    expect(halfToNumber(0x3c00)).toBe(1);
    expect(halfToNumber(0x0001)).toBe(2 ** -24);
    expect(halfToNumber(0xfc00)).toBe(-Infinity);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });
});

describe('refusing', () => {
  const f4 = new Uint8Array(24);
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /does not start with/],
    ['another magic', Buffer.from('\x93NUMPX\x01\x00\x10\x00', 'latin1'), /does not start with/],
    ['an unknown version', withHeader(dict("'<f4'", '(2, 3)'), f4, 4), /version 4.0/],
    ['a header longer than the file', withHeader(dict("'<f4'", '(2, 3)'), f4, 1, 60000), /claims 60000|claims 60,000/],
    ['a 4 GB header', withHeader(dict("'<f4'", '(2, 3)'), f4, 2, 0xffffffff), /claims 4,294,967,295/],
    ['a header beyond the limit', withHeader(dict("'<f4'", '(2, 3)').padEnd(70000), f4, 2), /header of 70,000 bytes/],
    ['too little data', withHeader(dict("'<f4'", '(2, 4)'), f4), /needs 32 bytes of data, 24 bytes are there/],
    ['trailing bytes', withHeader(dict("'<f4'", '(2, 2)'), f4), /8 bytes after its data/],
    ['a negative dimension', withHeader(dict("'<f4'", '(-2, 3)'), f4), /dimension '-2'/],
    ['two negative dimensions', withHeader(dict("'<f4'", '(-2, -3)'), f4), /dimension '-2'/],
    ['a huge dimension', withHeader(dict("'<f4'", `(${'9'.repeat(400)},)`), f4), /whole number/],
    ['a huge product', withHeader(dict("'<f4'", `(${'4294967296, '.repeat(3)})`), f4), /product/],
    ['a product that wraps to the size', withHeader(dict("'<f4'", '(4294967296, 1073741830)'), f4), /product|needs/],
    ['too many dimensions', withHeader(dict("'<f4'", `(${'1, '.repeat(33)})`), f4), /33 dimensions/],
    ['a fraction', withHeader(dict("'<f4'", '(1.5, 4)'), f4), /whole number/],
    ['a number as shape', withHeader(dict("'<f4'", '(6)'), f4), /not a tuple/],
    ['big-endian', withHeader(dict("'>f4'", '(2, 3)'), f4), /'>f4'/],
    ['objects', withHeader(dict("'|O'", '(3,)'), f4), /pickled/],
    ['complex', withHeader(dict("'<c8'", '(3,)'), f4), /'<c8'/],
    ['strings', withHeader(dict("'<U3'", '(2,)'), f4), /'<U3'/],
    ['a structure', withHeader(dict("[('a', '<f4'), ('b', '<f4')]", '(3,)'), f4), /structured/],
    ['a missing key', withHeader("{'descr': '<f4', 'shape': (2, 3)}", f4), /must give/],
    ['a key twice', withHeader(`{'descr': '<f4', ${dict("'<f4'", '(2, 3)').slice(1)}`, f4), /twice/],
    ['an unknown key', withHeader(`{'x': '<f4', ${dict("'<f4'", '(2, 3)').slice(1)}`, f4), /unknown key 'x'/],
    ['code', withHeader("{'descr': __import__('os').system('id')}", f4), /damaged/],
    ['rubbish after the dict', withHeader(`${dict("'<f4'", '(2, 3)').trim()} 1}`, f4), /damaged/],
    ['no dict', withHeader('[]', f4), /not a Python dict/],
  ];
  for (const [name, bytes, message] of cases) it(name, () => expectCode(() => parse(bytes), 'E0402', message));

  it('prints no control characters of the file', () => {
    expectCode(() => parse(withHeader(dict("'\x1b[31m'", '(1,)'))), 'E0402', /'\\u001b\[31m'/);
  });

  it('every truncation', () => {
    const whole = writeNpy(floats([4, 5, 6]));
    for (let length = 0; length < whole.length; length++) {
      expectCode(() => parse(whole.subarray(0, length)), 'E0402', /./);
    }
  });

  it('mutations, without a crash', () => {
    const whole = writeNpy(floats([3, 5]));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        changes => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          toleratesOnlyRefusal(() => parse(bytes));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('files', () => {
  it('reads a file, and says why not', () => {
    expect([...readNpy(save('x.npy', writeNpy(floats([3])))).data]).toEqual([0, 1, 2]);
    expectCode(
      () => readNpy('no/such.npy'),
      'E0401',
      /^array file 'no\/such.npy' cannot be read: there is no such file$/,
    );
    expectCode(() => readNpy('.'), 'E0401', /not a regular file/);
    expectCode(() => readNpy('/dev/zero'), 'E0401', /not a regular file/);
    expectCode(() => readNpy('a\0b'), 'E0401', /cannot be read/);
    expectCode(() => readNpy(save('y.npy', new Uint8Array(3))), 'E0402', /^array file '.*y.npy' is not an .npy array/);
  });
});

describe('files beyond the limit', () => {
  it('are refused before they are read', () => {
    const path = save('large.npy', new Uint8Array());
    truncateSync(path, 2 ** 30 + 1); // sparse: takes no room on the disk
    expectCode(() => readNpy(path), 'E0403', /1,073,741,825 bytes, where at most 1,073,741,824 bytes/);
    expectCode(() => readWeightsFile(path), 'E0302', /at most 536,870,912 bytes/);
  });
});

describe('writing', () => {
  const array: fc.Arbitrary<NumericArray> = fc.array(fc.nat(4), { maxLength: 4 }).chain(shape => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length })
      .map((data): NumericArray => ({ dtype: 'f32', shape, data }));
  });

  it('reads back equal, with the data at a multiple of 64', () => {
    fc.assert(
      fc.property(array, given => {
        const bytes = writeNpy(given);
        expect(parse(bytes)).toEqual(given);
        expect((bytes.length - given.data.byteLength) % 64).toBe(0);
      }),
    );
  });

  it('writes the bytes that numpy writes', () => {
    for (const name of ['|u1', '|i1', '<i2', '<i4', '<f4', '<f8', 'scalar', 'empty'] as const) {
      const bytes = Buffer.from(numpy.npy[name].base64, 'base64');
      expect(Buffer.from(writeNpy(parse(bytes))).equals(bytes), name).toBe(true);
    }
  });
});

describe('permute', () => {
  it('is the transposition of its definition', () => {
    const shape = [2, 3, 4];
    const { data } = floats(shape);
    const moved = permute(data, shape, [2, 0, 1]);
    expect(moved.shape).toEqual([4, 2, 3]);
    for (let a = 0; a < 4; a++)
      for (let b = 0; b < 2; b++)
        for (let c = 0; c < 3; c++) expect(moved.data[a * 6 + b * 3 + c]).toBe(data[b * 12 + c * 4 + a]);
    expect(() => permute(data, shape, [0, 1])).toThrow(/no order/);
    expect(() => permute(data, shape, [0, 1, 1])).toThrow(/no order/);
  });
});

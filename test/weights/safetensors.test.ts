import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { parseWeightsFile, readWeightsFile } from '../../src/frontend/weights/weights-file.js';
import {
  buildSafetensors,
  buildZip,
  diagnosticsOf,
  expectCode,
  floats,
  scratch,
  toleratesOnlyRefusal,
} from './helpers.js';

const parse = (bytes: Uint8Array) => parseWeightsFile('w.safetensors', bytes);
const eight = Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64); // 1, 2 as float32
const tensor = (begin: number, end: number, shape = '[2]', dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe('reading', () => {
  it('the example of the format, with metadata and padding', () => {
    const header = `{"__metadata__":{"format":"pt"},"a":${tensor(0, 8)}}   `;
    const { tensors, metadata, format } = parse(buildSafetensors(header, eight));
    expect(format).toBe('safetensors');
    expect(tensors.get('a')).toEqual({ name: 'a', dtype: 'f32', shape: [2], data: Float32Array.of(1, 2) });
    expect(metadata.get('format')).toBe('pt');
  });

  it.each([
    ['F64', '[1]', [2.000000473111868]],
    ['F16', '[4]', [0, 1.875, 0, 2]],
    ['BF16', '[4]', [0, 1, 0, 2]],
    ['I32', '[2]', [0x3f800000, 0x40000000]],
    ['I16', '[4]', [0, 0x3f80, 0, 0x4000]],
    ['I8', '[2, 4]', [0, 0, -128, 63, 0, 0, 0, 64]],
    ['U8', '[8, 1]', [0, 0, 128, 63, 0, 0, 0, 64]],
  ])('%s', (dtype, shape, values) => {
    const found = parse(buildSafetensors(`{"a":${tensor(0, 8, shape, dtype)}}`, eight)).tensors.get('a');
    expect([...(found?.data ?? [])]).toEqual(values.map(v => expect.closeTo(v, 6)));
  });

  it('int64 where it fits', () => {
    const header = `{"a":${tensor(0, 8, '[]', 'I64')}}`;
    const value = (n: bigint) => buildSafetensors(header, new Uint8Array(BigInt64Array.of(n).buffer));
    expect([...(parse(value(-7n)).tensors.get('a')?.data ?? [])]).toEqual([-7]);
    expectCode(() => parse(value(2n ** 40n)), 'E0303', /1099511627776/);
  });

  it('scalars, empty tensors, no tensors, odd names', () => {
    const header = `{"s":${tensor(0, 4, '[]')},"e":${tensor(4, 4, '[0,3]')},"__proto__":${tensor(4, 8, '[1]')}}`;
    const { tensors } = parse(buildSafetensors(header, eight));
    expect([...tensors].map(([name, t]) => [name, t.shape, t.data.length])).toEqual([
      ['s', [], 1],
      ['e', [0, 3], 0],
      ['__proto__', [1], 1],
    ]);
    expect(parse(buildSafetensors('{}')).tensors.size).toBe(0);
  });
});

describe('refusing', () => {
  const one = (description: string, data = eight) => buildSafetensors(`{"a":${description}}`, data);
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /no header length/],
    ['a header longer than the file', buildSafetensors('{}', eight, 11n), /claims 11 bytes, 10 follow/],
    ['a header of 2^64 - 1', buildSafetensors('{}', eight, 2n ** 64n - 1n), /claims 18446744073709551615/],
    ['a header beyond the limit', buildSafetensors('{}'.padEnd(2 ** 24 + 1)), /header of 16,777,217 bytes/],
    ['no JSON', buildSafetensors('{"a":}'), /not valid JSON/],
    ['an array', buildSafetensors('[1]'), /does not start with \{/],
    ['bad UTF-8', buildSafetensors(Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/],
    ['leading space', buildSafetensors(' {}'), /does not start with \{/],
    ['a duplicate tensor', buildSafetensors(`{"a":${tensor(0, 8)},"a":${tensor(0, 8)}}`, eight), /key 'a' twice/],
    ['a duplicate in disguise', buildSafetensors(`{"a":${tensor(0, 8)},"\\u0061":1}`, eight), /key 'a' twice/],
    ['a duplicate field', one(tensor(0, 8).replace('{', '{"shape":[1],')), /key 'shape' twice/],
    ['deep nesting', buildSafetensors(`{"a":[[[[`), /nested deeper/],
    ['a tensor that is no object', one('3'), /other than an object/],
    ['an unknown type', one(tensor(0, 8, '[2]', 'C64')), /type 'C64'/],
    ['a type that is no string', one('{"dtype":["F32"],"shape":[2],"data_offsets":[0,8]}'), /type 'F32'/],
    ['no shape', one('{"dtype":"F32","data_offsets":[0,8]}'), /shape/],
    ['a negative dimension', one(tensor(0, 8, '[-2]')), /shape/],
    ['two negative dimensions', one(tensor(0, 8, '[-2,-1]')), /shape/],
    ['a fraction', one(tensor(0, 8, '[0.5,4]')), /shape/],
    ['a huge product', one(tensor(0, 8, '[4294967296,4294967296]')), /product/],
    ['a shape of strings', one(tensor(0, 8, '["2"]')), /shape/],
    ['a shape longer than its range', one(tensor(0, 8, '[3]')), /8 bytes, where F32 \[3\] needs 12 bytes/],
    ['a range past the end', one(tensor(0, 12, '[3]')), /no range/],
    ['a range that runs backwards', one(tensor(8, 0)), /no range/],
    ['a negative range', one(tensor(-8, 0)), /no range/],
    ['a range of three', one('{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}'), /no range/],
    [
      'ranges that overlap',
      buildSafetensors(`{"a":${tensor(0, 8)},"b":${tensor(4, 8, '[1]')}}`, eight),
      /share bytes: 'a' and 'b'/,
    ],
    ['equal ranges', buildSafetensors(`{"a":${tensor(0, 8)},"b":${tensor(0, 8)}}`, eight), /share bytes/],
    [
      'a hole',
      buildSafetensors(`{"a":${tensor(4, 8, '[1]')}}`, eight),
      /4 bytes between the start of the data and 'a'/,
    ],
    ['bytes at the end', one(tensor(0, 4, '[1]')), /4 bytes after 'a'/],
    ['metadata that is no object', buildSafetensors('{"__metadata__":[]}'), /not an object/],
    ['metadata that is no string', buildSafetensors('{"__metadata__":{"a":1}}'), /entry 'a' that is not a string/],
  ];
  for (const [name, bytes, message] of cases) it(name, () => expectCode(() => parse(bytes), 'E0303', message));

  it('16 MiB of brackets, of one string and of escapes, quickly', () => {
    const start = performance.now();
    const length = 2 ** 24 - 10;
    expectCode(() => parse(buildSafetensors(`{"a":${'['.repeat(length)}`)), 'E0303', /nested/);
    expectCode(() => parse(buildSafetensors(`{"${'a'.repeat(length)}`)), 'E0303', /not valid JSON/);
    expectCode(() => parse(buildSafetensors(`{"${'\\n'.repeat(length / 2)}":1}`)), 'E0303', /other than an object/);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('every truncation', () => {
    const whole = writeSafetensors(
      new Map([
        ['a', floats([3, 4])],
        ['b.c', floats([7])],
      ]),
      new Map([['k', 'v']]),
    );
    for (let length = 0; length < whole.length; length++) {
      expectCode(() => parse(whole.subarray(0, length)), 'E0303', /./);
    }
  });

  it('mutations, without a crash', () => {
    const whole = writeSafetensors(
      new Map([
        ['a', floats([3])],
        ['b', floats([2])],
      ]),
      new Map([['k', 'v']]),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        changes => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          toleratesOnlyRefusal(() => parse(bytes));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('headers of any JSON, without a crash', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.uint8Array({ maxLength: 16 }), (header, data) => {
        toleratesOnlyRefusal(() => parse(buildSafetensors(JSON.stringify(header), data)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('writing', () => {
  const i8: NumericArray = { dtype: 'i8', shape: [3], data: Int8Array.of(-1, 2, -3) };
  const f64: NumericArray = { dtype: 'f64', shape: [1], data: Float64Array.of(0.1) };

  it('writes these bytes: sorted names, aligned data, padded header', () => {
    const bytes = writeSafetensors(
      new Map([
        ['b', i8],
        ['a', f64],
        ['0', i8],
      ]),
      new Map([
        ['z', '1'],
        ['y', '2'],
      ]),
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"y":"2","z":"1"},' +
        '"0":{"dtype":"I8","shape":[3],"data_offsets":[8,11]},' +
        '"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},' +
        '"b":{"dtype":"I8","shape":[3],"data_offsets":[11,14]}}',
    );
  });

  it('reads back equal, whatever the order of insertion', () => {
    const name = fc.string({ minLength: 1 }).filter(s => s !== '__metadata__');
    const content = fc.oneof(
      fc.int8Array({ maxLength: 9 }).map((data): NumericArray => ({ dtype: 'i8', shape: [data.length], data })),
      fc.int32Array({ maxLength: 9 }).map((data): NumericArray => ({ dtype: 'i32', shape: [1, data.length], data })),
      fc.float64Array({ maxLength: 9 }).map((data): NumericArray => ({ dtype: 'f64', shape: [data.length], data })),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, content), { selector: ([n]) => n, maxLength: 6 }), entries => {
        const bytes = writeSafetensors(new Map(entries));
        expect(writeSafetensors(new Map(entries.toReversed()))).toEqual(bytes);
        const { tensors } = parse(bytes);
        expect(new Map([...tensors].map(([n, { dtype, shape, data }]) => [n, { dtype, shape, data }]))).toEqual(
          new Map(entries),
        );
      }),
    );
  });
});

describe('files', () => {
  const save = scratch();
  const good = writeSafetensors(new Map([['a', floats([2])]]));

  it('goes by the first bytes where the extension says nothing', () => {
    expect(readWeightsFile(save('weights', good)).format).toBe('safetensors');
    expect(readWeightsFile(save('weights.zip', buildZip([]))).format).toBe('npz');
  });

  it('says what the file is instead', () => {
    expectCode(() => readWeightsFile(save('w.npz', good)), 'E0301', /named .npz, .* those of a .safetensors/);
    expectCode(() => readWeightsFile(save('w.safetensors', buildZip([]))), 'E0301', /named .safetensors/);
    expectCode(() => readWeightsFile('missing.npz'), 'E0301', /no such file/);
    expectCode(() => readWeightsFile(save('w.txt', new Uint8Array(20))), 'E0301', /neither/);
    const [torch] = diagnosticsOf(() => readWeightsFile(save('w.pt', buildZip([]))));
    expect(torch.hint).toMatch(/state_dict/);
    const [keras] = diagnosticsOf(() => readWeightsFile(save('w.weights.h5', new Uint8Array(20))));
    expect(keras.hint).toMatch(/v\.path/);
    expectCode(() => readWeightsFile(save('w.constructor', new Uint8Array(20))), 'E0301', /neither/);
  });
});

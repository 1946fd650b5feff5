import fc from 'fast-check';
import { deflateSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/frontend/arrays/npy.js';
import { crc32 } from '../../src/frontend/weights/npz.js';
import { parseWeightsFile } from '../../src/frontend/weights/weights-file.js';
import numpy from './fixtures/numpy.json' with { type: 'json' };
import { buildZip, expectCode, floats, type Member, toleratesOnlyRefusal } from './helpers.js';

const parse = (bytes: Uint8Array) => parseWeightsFile('w.npz', bytes);
const array = writeNpy(floats([2, 3]));
const stored = (name: string, more: Partial<Member> = {}): Member => ({ name, data: array, ...more });
const deflated = (name: string, plain: Uint8Array, more: Partial<Member> = {}): Member => ({
  name,
  data: deflateSync(plain, { level: 9 }),
  plain,
  ...more,
});

describe('reading', () => {
  for (const [name, base64] of Object.entries(numpy.npz)) {
    it(`what numpy.${name} writes`, () => {
      const { tensors, format } = parse(Buffer.from(base64, 'base64'));
      expect(format).toBe('npz');
      expect([...tensors.keys()]).toEqual(['a.weight', 'b/kernel:0']);
      expect(tensors.get('a.weight')).toMatchObject({ name: 'a.weight', dtype: 'f32', shape: [2, 3, 2] });
      expect([...(tensors.get('a.weight')?.data ?? [])]).toEqual(Array.from({ length: 12 }, (_, i) => i - 6));
      expect(tensors.get('b/kernel:0')?.data).toEqual(new Int32Array(300));
    });
  }

  it('what fflate writes, an empty archive, and one with a comment', () => {
    expect(parse(zipSync({ 'x.npy': array })).tensors.get('x')?.shape).toEqual([2, 3]);
    expect(parse(buildZip([])).tensors.size).toBe(0);
    expect(parse(buildZip([stored('x.npy')], { comment: 'hello' })).tensors.size).toBe(1);
  });

  it('names that look like paths, and names of Object.prototype', () => {
    const names = ['../../etc/passwd', '/abs', 'C:\\x', '__proto__', 'constructor', 'ü'];
    const { tensors } = parse(buildZip(names.map(name => stored(`${name}.npy`))));
    expect([...tensors.keys()]).toEqual(names);
  });

  it('a member over many chunks of the inflater', () => {
    const noise = floats([100_000], i => Math.sin(i * i));
    const found = parse(buildZip([deflated('x.npy', writeNpy(noise))])).tensors.get('x')?.data;
    expect(found?.every((x, i) => x === noise.data[i])).toBe(true);
    expect(found?.length).toBe(100_000);
  });

  it('checksums as the standard has them', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });
});

describe('refusing', () => {
  const plain = writeNpy(floats([1000]));
  const zip64 = (size: bigint, compressed: bigint) => {
    const extra = Buffer.alloc(20);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(size, 4);
    extra.writeBigUInt64LE(compressed, 12);
    return extra;
  };
  const truth = BigInt(array.length);
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['no zip at all', () => new Uint8Array(100), /no zip archive/],
    ['a wrong checksum', () => buildZip([stored('x.npy', { crc: 1 })]), /CRC-32/],
    ['a wrong checksum of a deflated member', () => buildZip([deflated('x.npy', plain, { crc: 1 })]), /CRC-32/],
    ['a claim that is too small', () => buildZip([deflated('x.npy', plain, { size: 500 })]), /more than the 500 bytes/],
    [
      'a claim that is too large',
      () => buildZip([deflated('x.npy', plain, { size: plain.length + 1 })]),
      /where it claims/,
    ],
    ['an impossible ratio', () => buildZip([deflated('x.npy', plain, { size: 400_000_000 })]), /can inflate to/],
    ['a stored size that lies', () => buildZip([stored('x.npy', { size: 5 })]), /stored, yet claims/],
    ['a duplicate name', () => buildZip([stored('x.npy'), stored('x.npy')]), /two members named 'x.npy'/],
    ['an encrypted member', () => buildZip([stored('x.npy', { flags: 1 })]), /encrypted/],
    ['another method', () => buildZip([stored('x.npy', { method: 12 })]), /method 12/],
    ['a member that is no array', () => buildZip([stored('archive/data.pkl')]), /no .npy array/],
    ['data past the end', () => buildZip([stored('x.npy', { compressedSize: 9999, size: 9999 })]), /past the end/],
    ['a header past the end', () => buildZip([stored('x.npy', { header: 0x7fffffff })]), /no local header/],
    ['a header that is none', () => buildZip([stored('x.npy', { header: 7 })]), /no local header/],
    ['members that share all bytes', () => buildZip([stored('x.npy'), stored('y.npy', { header: 0 })]), /disagree/],
    [
      'members that overlap',
      () => {
        // The second member lies inside the data of the first one, local header and all.
        const inner = buildZip([stored('y.npy')]).subarray(0, 30 + 5 + array.length);
        return buildZip([{ name: 'x.npy', data: inner }, stored('y.npy', { header: 35 })]);
      },
      /share bytes/,
    ],
    ['names that disagree', () => buildZip([stored('x.npy', { localName: 'y.npy' })]), /disagree/],
    ['sizes that disagree', () => buildZip([stored('x.npy', { localSize: 7 })]), /disagree/],
    ['a zip64 size in the directory', () => buildZip([stored('x.npy', { size: 0xffffffff })]), /zip64/],
    ['a zip64 directory', () => buildZip([stored('x.npy')], { count: 0xffff }), /zip64/],
    [
      'a zip64 field that lies',
      () => buildZip([stored('x.npy', { localSize: 0xffffffff, localExtra: zip64(2n ** 60n, truth) })]),
      /disagree/,
    ],
    ['a zip64 mark without field', () => buildZip([stored('x.npy', { localSize: 0xffffffff })]), /disagree/],
    ['more entries than there are', () => buildZip([stored('x.npy')], { count: 2 }), /entry 2 of its directory of 2/],
    [
      'fewer entries than there are',
      () => buildZip([stored('x.npy'), stored('y.npy')], { count: 1 }),
      /after its last entry/,
    ],
    [
      'a directory that lies about its size',
      () => buildZip([stored('x.npy')], { directorySize: 9 }),
      /directory claims/,
    ],
    [
      'a directory past the end',
      () => buildZip([stored('x.npy')], { directoryOffset: 0x7fffffff }),
      /directory claims/,
    ],
    [
      'a broken stream',
      () => buildZip([{ name: 'x.npy', data: new Uint8Array(50).fill(7), plain: array }]),
      /does not inflate/,
    ],
    [
      'a stream that ends early',
      () => buildZip([{ name: 'x.npy', data: deflateSync(plain).subarray(0, 100), plain }]),
      /does not inflate|where it claims/,
    ],
    [
      'data after the end of the stream',
      () => {
        const data = new Uint8Array(2 ** 20);
        data.set(deflateSync(array));
        return buildZip([{ name: 'x.npy', data, plain: array }]);
      },
      /after the end of its compressed stream/,
    ],
  ];
  for (const [name, build, message] of cases) it(name, () => expectCode(() => parse(build()), 'E0303', message));

  it('accepts the zip64 field that numpy writes', () => {
    const bytes = buildZip([stored('x.npy', { localSize: 0xffffffff, localExtra: zip64(truth, truth) })]);
    expect(parse(bytes).tensors.size).toBe(1);
  });

  it('a bomb by its claim, before inflating it', () => {
    // 1 MiB of deflated zeros claims 300 MiB, twice.
    const data = new Uint8Array(2 ** 20);
    const bomb = (name: string): Member => ({ name, data, plain: array, size: 300 * 2 ** 20 });
    expectCode(() => parse(buildZip([bomb('x.npy'), bomb('y.npy')])), 'E0302', /inflates to 629,145,600 bytes/);
  });

  it('a bomb that hides its size, after a few bytes', () => {
    const zeros = deflateSync(new Uint8Array(100 * 2 ** 20), { level: 1 });
    const before = process.memoryUsage().rss;
    expectCode(() => parse(buildZip([{ name: 'x.npy', data: zeros, plain: array }])), 'E0303', /inflates to more than/);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
  });

  it('an array that is none, under its own code and name', () => {
    const bytes = buildZip([{ name: 'fc.weight.npy', data: array.subarray(0, array.length - 1) }]);
    expectCode(() => parse(bytes), 'E0304', /^tensor 'fc.weight' of weights file 'w.npz' is truncated/);
  });

  it('every truncation at 64 bytes, and many others', () => {
    const whole = Buffer.from(numpy.npz.savez, 'base64');
    for (let length = 0; length < whole.length; length += length % 64 === 0 && length > 512 ? 64 : 1) {
      expectCode(() => parse(whole.subarray(0, length)), 'E0303', /./);
    }
  });

  it('mutations, without a crash', () => {
    for (const base64 of [numpy.npz.savez_compressed, numpy.npz['savez to a pipe']]) {
      const whole = Buffer.from(base64, 'base64');
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
          changes => {
            const bytes = new Uint8Array(whole);
            for (const [at, value] of changes) bytes[at] = value;
            toleratesOnlyRefusal(() => parse(bytes));
          },
        ),
        { numRuns: 2000 },
      );
    }
  });

  it('random streams, without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(100_000), (data, size) => {
        toleratesOnlyRefusal(() =>
          parse(buildZip([{ name: 'x.npy', data, method: 8, size: Math.min(size, data.length * 1000) }])),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

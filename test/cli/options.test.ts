import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteCount, listOf, oneOf, wholeNumber } from '../../src/cli/options.js';
import { CompileError } from '../../src/diagnostics/diagnostic.js';

/** The refusal in one line: code, message, notes, hint. */
function refusal(run: () => unknown): string {
  try {
    return `accepted ${JSON.stringify(run())}`;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const [d] = error.diagnostics;
    return [d?.code, d?.message, ...(d?.notes ?? []).map(n => n.message), d?.hint].filter(Boolean).join(' | ');
  }
}

describe('byteCount', () => {
  const parse = byteCount('--max-ram');

  it.each([
    ['16384', 16384],
    ['16K', 16384],
    ['16k', 16384],
    ['16KB', 16384],
    ['16KiB', 16384],
    ['16 KiB', 16384],
    ['16384B', 16384],
    ['1M', 1048576],
    ['1.5K', 1536],
    ['1024M', 1073741824],
  ])('%s is %i bytes', (text, bytes) => expect(parse(text)).toBe(bytes));

  it.each(['', ' ', '-1', '0', '16G', 'K', '1e3', '0x10', '1.0001K', '1.3', '1025M', 'NaN', '16K16', '١٦'])(
    'refuses "%s"',
    text => {
      expect(refusal(() => parse(text))).toBe(
        `E0905 | --max-ram does not take "${text}" | accepted: a size in bytes such as 16384, 16K, 16KB or 16KiB (all the same), up to 1024M`,
      );
    },
  );
});

describe('wholeNumber', () => {
  const parse = wholeNumber('--random', 0, 1_000_000);

  it('takes what it prints', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), n => parse(String(n)) === n));
  });

  it.each(['', '-1', '1.5', '1000001', '1e3', '10 ', 'ten', '1'.repeat(400)])('refuses "%s"', text => {
    expect(refusal(() => parse(text))).toBe(
      `E0905 | --random does not take "${text}" | accepted: a whole number from 0 to 1,000,000`,
    );
  });
});

describe('oneOf', () => {
  const parse = oneOf('--rounding', ['native', 'tflite', 'tflite-single']);

  it('takes a name as it is', () => expect(parse('tflite')).toBe('tflite'));

  it('refuses others, with a guess where one is near', () => {
    expect(refusal(() => parse('tfLite'))).toBe(
      'E0905 | --rounding does not take "tfLite" | accepted: native, tflite, tflite-single | did you mean tflite?',
    );
    expect(refusal(() => parse('banker'))).not.toContain('did you mean');
  });
});

describe('listOf', () => {
  const parse = listOf('--driver', ['host', 'qemu', 'rp2040js']);

  it('keeps the order given', () => {
    expect(parse('qemu,host')).toEqual(['qemu', 'host']);
    expect(parse('host, qemu')).toEqual(['host', 'qemu']);
  });

  it.each([
    ['host,quemu', 'did you mean qemu?'],
    ['host,host', 'each once'],
    ['', 'one or more of'],
    ['host,', 'one or more of'],
  ])('refuses "%s"', (text, says) => {
    expect(refusal(() => parse(text))).toContain(says);
    expect(refusal(() => parse(text))).toMatch(/^E0905 \| --driver does not take/);
  });
});

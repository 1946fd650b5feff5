import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ClassTally } from '../../src/timing/class.js';
import { parseInstruction, parseListing } from '../../src/timing/instruction.js';
import { kindOf } from '../../src/timing/kind.js';

const fixtures = new URL('fixtures/', import.meta.url);

/** Lines of objdump (binutils 2.40) of code assembled for the purpose; the kinds before were written by hand. */
function linesOf(file: string) {
  const text = readFileSync(new URL(file, fixtures), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map(line => {
      const [kind, listed] = line.split(/ *\|/, 2);
      return { kind, listed };
    });
}

describe.each(readdirSync(fixtures))('%s', file => {
  it('every instruction has the kind that the manual says', () => {
    const lines = linesOf(file);
    expect(lines.length).toBeGreaterThan(10);
    for (const { kind, listed } of lines) {
      const instruction = parseInstruction(listed) ?? expect.fail(listed);
      expect([listed, kindOf(instruction)]).toEqual([listed, kind]);
    }
  });
});

describe('parseListing', () => {
  it('reads functions, and leaves data and comments out', () => {
    const listing = [
      'firmware.elf:     file format elf32-littlearm',
      '',
      '00000040 <run>:',
      '  40:\tldr\tr0, [pc, #8]\t@ (4c <run+0xc>)',
      '  42:\tbne.n\t40 <run>',
      '  44:\tbx\tlr',
      '  46:\t0x0800\t@ data',
      '  48:\t.word\t0x20000000',
      '',
      '00000050 <l00_conv.constprop.0>:',
      '  50:\tpop\t{r4, r5, pc}',
    ].join('\n');
    expect(parseListing(listing)).toEqual([
      {
        name: 'run',
        address: 0x40,
        instructions: [
          { address: 0x40, mnemonic: 'ldr', operands: 'r0, [pc, #8]' },
          { address: 0x42, mnemonic: 'bne.n', operands: '40' },
          { address: 0x44, mnemonic: 'bx', operands: 'lr' },
        ],
      },
      {
        name: 'l00_conv.constprop.0',
        address: 0x50,
        instructions: [{ address: 0x50, mnemonic: 'pop', operands: '{r4, r5, pc}' }],
      },
    ]);
  });
});

describe('ClassTally', () => {
  it('splits branches by what they did, and leaves out what did not occur', () => {
    const tally = new ClassTally();
    tally.add('branchConditional', 100, 90);
    tally.add('branchRegister', 5, 5);
    tally.add('load', 3, 0);
    tally.add('loadMultiple', 2, 2);
    tally.add('dspMultiply', 7, 0);
    expect(tally.result).toEqual({ load: 5, dspMultiply: 7, branchTaken: 95, branchNotTaken: 10 });
    expect(Object.keys(tally.result)).toEqual(['load', 'dspMultiply', 'branchTaken', 'branchNotTaken']);
  });
});

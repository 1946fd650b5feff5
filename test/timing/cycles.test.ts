import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import { decode } from '../../src/timing/decode.js';
import { CycleTally } from '../../src/timing/estimate.js';
import { loadTiming, type TimingTable, timingFile } from '../../src/timing/table.js';

const tableOf = (cpu: string): TimingTable => loadTiming(cpu) ?? expect.fail(`no table for ${cpu}`);

/** `ldr r0, [r1]; bx lr` as decoded instructions, two bytes apart. */
const code = (text: string, from = 0x100) =>
  text.split(/; */).map((line, i) => {
    const [mnemonic, ...operands] = line.split(' ');
    return decode({ address: from + 2 * i, mnemonic, operands: operands.join(' ') });
  });

/** Least and most cycles of instructions that run so often, and jump so often at their end. */
function cycles(cpu: string, text: string, { runs = 1, jumps = 0 } = {}): readonly [number, number] {
  const tally = new CycleTally(tableOf(cpu));
  const problem = tally.add({ address: 0x100, instructions: code(text), runs, jumps });
  if (problem !== undefined) expect.fail(problem);
  return [tally.result.low, tally.result.high];
}

const taken = { jumps: 1 };

describe('timing tables', () => {
  const files = readdirSync(join(packageRoot(), 'targets', 'timing'));

  it.each(files)('%s is valid', file => {
    const table = tableOf(file.replace(/\.json$/, ''));
    expect(table.assumes.join()).toMatch(/wait states|tightly coupled/);
  });

  it('each core that is a target has one', () => {
    for (const name of listTargets()) {
      const { cpu } = loadTarget(name);
      if (cpu !== undefined) expect(files).toContain(`${cpu}.json`);
    }
  });

  it('what no manual of Arm says is called an approximation, and says so', () => {
    const approximated = files.filter(file => tableOf(file.replace(/\.json$/, '')).basis === 'approximation');
    expect(approximated).toEqual(['cortex-m33.json', 'cortex-m55.json', 'cortex-m7.json']);
    for (const file of approximated) {
      expect(tableOf(file.replace(/\.json$/, '')).document).toContain('Arm publishes no table');
    }
  });

  it('a number needs a source, a unit has to be there, a range has two ends', () => {
    const problems = (change: object): string => {
      const { error } = timingFile.safeParse({ ...tableOf('cortex-m7'), ...change });
      return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join() ?? '';
    };
    expect(problems({})).toBe('');
    expect(problems({ sources: { costs: 'a' } })).toContain('width: this number has no source');
    expect(problems({ units: { alu: 2 } })).toContain("costs.shift: there is no unit 'shift'");
    expect(problems({ mispredicted: [4] })).toContain('mispredicted');
  });

  it('a core without a table has no estimate', () => {
    expect(loadTiming('cortex-m99')).toBeUndefined();
  });

  it('an instruction that the table does not have is named', () => {
    const tally = new CycleTally(tableOf('cortex-m0'));
    const block = { address: 0x100, instructions: code('movs r0, #1; smlad r0, r1, r2, r3'), runs: 1, jumps: 0 };
    expect(tally.add(block)).toBe('"Cortex-M0 TRM, table 3-1" has no cost for dspMultiply (smlad r0, r1, r2, r3)');
  });
});

describe('Cortex-M0 and M0+: what tables 3-1 of their manuals say', () => {
  it.each([
    ['movs r0, #1', 0, 1, 1],
    ['muls r0, r1, r0', 0, 1, 1],
    ['ldrb r0, [r1]', 0, 2, 2],
    ['str r0, [r1, r2]', 0, 2, 2],
    ['ldmia r0!, {r1, r2, r3}', 0, 4, 4],
    ['push {r4, r5, lr}', 0, 4, 4],
    ['pop {r4, r5}', 0, 3, 3],
    ['pop {r4, r5, pc}', 1, 7, 6],
    ['b.n 200', 1, 3, 2],
    ['bne.n 200', 1, 3, 2],
    ['bne.n 200', 0, 1, 1],
    ['bl 200', 1, 4, 3],
    ['bx lr', 1, 3, 2],
    ['blx r3', 1, 3, 2],
    ['mov pc, r0', 1, 3, 2],
    ['mrs r0, primask', 0, 4, 3],
    // Nothing overlaps.
    ['ldr r0, [r1]; ldr r2, [r3]; str r0, [r4]', 0, 6, 6],
  ])('%s, %i jumps', (text, jumps, m0, m0plus) => {
    expect(cycles('cortex-m0', text, { jumps })).toEqual([m0, m0]);
    expect(cycles('cortex-m0plus', text, { jumps })).toEqual([m0plus, m0plus]);
  });
});

describe('Cortex-M3 and M4', () => {
  // The examples of the Cortex-M3 TRM (DDI 0337I), "Load/store timings".
  it.each([
    ['ldr r0, [r1]; ldr r1, [r2]', 3],
    ['ldr r0, [r1, r2]; str r0, [r3, #20]', 3],
    ['ldr r0, [r1, r2]; str r1, [r3, r2]', 3],
    ['ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4]', 4],
    ['str r0, [r1, #4]', 1],
    // Nothing is pipelined after a store, and a double or a list with nothing.
    ['str r0, [r1, r2]; ldr r3, [r4]', 4],
    ['ldrd r0, r1, [r2]; ldr r3, [r4]', 5],
    ['ldr r3, [r4]; ldmia r0, {r1, r2, r5}', 6],
    // The address is what was loaded.
    ['ldr r0, [r1]; ldr r2, [r0]', 4],
    // The address is what was computed.
    ['add r0, r1, r2; ldr r3, [r0]', 4],
    ['add r0, r1, r2; ldr r3, [r1]', 3],
    ['add r0, r1, r2; nop; ldr r3, [r0]', 4],
    // Post-increment is no data processing.
    ['ldrb.w r0, [r1], #1; ldrb.w r2, [r1], #1', 3],
  ])('%s takes %i', (text, expected) => {
    for (const cpu of ['cortex-m3', 'cortex-m4', 'cortex-m33']) expect(cycles(cpu, text)).toEqual([expected, expected]);
  });

  it('only the M3 takes its time to multiply', () => {
    expect(cycles('cortex-m3', 'mul.w r0, r1, r2; mla r0, r1, r2, r3')).toEqual([3, 3]);
    expect(cycles('cortex-m3', 'smlal r0, r1, r2, r3')).toEqual([4, 7]);
    expect(
      cycles('cortex-m4', 'mul.w r0, r1, r2; mla r0, r1, r2, r3; smlal r0, r1, r2, r3; smlad r0, r1, r2, r0'),
    ).toEqual([4, 4]);
  });

  it('a branch costs the refill of the pipeline where it is taken', () => {
    expect(cycles('cortex-m4', 'bne.n 200')).toEqual([1, 1]);
    expect(cycles('cortex-m4', 'bne.n 200', taken)).toEqual([2, 4]);
    expect(cycles('cortex-m4', 'pop {r4, pc}', taken)).toEqual([4, 6]);
    expect(cycles('cortex-m4', 'subs r0, #1; bne.n 100', { runs: 1000, jumps: 999 })).toEqual([2999, 4997]);
  });
});

describe('Cortex-M7', () => {
  it.each([
    ['two that do not depend on each other in a cycle', 'adds r0, r1, r2; adds r3, r4, r5', 1],
    ['the second waits for the first', 'adds r0, r1, r2; adds r3, r0, r5', 2],
    ['two loads', 'ldr r0, [r1]; ldr r2, [r3]', 1],
    ['one multiplier', 'mul.w r0, r1, r2; mul.w r3, r4, r5', 2],
    ['one shifter', 'lsls r0, r1, #2; lsls r3, r4, #2', 2],
    ['an accumulator may come late', 'smlad r0, r1, r2, r0; smlad r0, r3, r4, r0', 2],
    ['a factor may not', 'mul.w r0, r1, r2; mul.w r3, r0, r2', 3],
    ['a byte takes a cycle longer than a word', 'ldrb r0, [r1]; adds r2, r0, r3', 3],
    ['an address has to be there earlier', 'adds r0, r1, r2; ldr r3, [r0]', 3],
    ['a DSP instruction is no second one', 'adds r3, r4, r5; sxtb16 r0, r1', 2],
    ['but a first one', 'sxtb16 r0, r1; adds r3, r4, r5', 1],
    ['a double load is alone', 'ldrd r0, r1, [r2]; adds r3, r4, r5', 2],
  ])('%s', (_, text, expected) => {
    expect(cycles('cortex-m7', text)).toEqual([expected, expected]);
  });

  it('counts the rarer way of a conditional branch as mispredicted', () => {
    expect(cycles('cortex-m7', 'bne.n 200', { runs: 100, jumps: 90 })).toEqual([100 + 10 * 4, 100 + 10 * 6]);
    expect(cycles('cortex-m7', 'bne.n 200', { runs: 100, jumps: 3 })).toEqual([100 + 3 * 4, 100 + 3 * 6]);
  });

  it('sees what a loop carries from one run to the next', () => {
    expect(cycles('cortex-m7', 'mul.w r0, r0, r3', { runs: 100 })[0]).toBe(100);
    expect(cycles('cortex-m7', 'mul.w r0, r0, r3; b.n 100', { runs: 100, jumps: 100 })[0]).toBe(200);
  });
});

describe('Cortex-M55: beats of vector instructions overlap where their units differ', () => {
  // The two examples of ARMScheduleM55.td, which ends them a cycle later, with the second beat of the last one.
  it.each([
    ['vldrb.8 q0, [r0]; vadd.i32 q1, q2, q3; vmul.i32 q4, q5, q6; vstrb.8 q7, [r1]', 4],
    ['vldrb.8 q0, [r0]; vldrb.8 q1, [r2]; vadd.i32 q2, q3, q4; vstrb.8 q7, [r1]', 5],
    ['vmladava.s8 r0, q0, q1; vmladava.s8 r2, q0, q2', 3],
    ['vmladava.s8 r0, q0, q1; vldrb.8 q2, [r1], #16; vmladava.s8 r2, q0, q3; vldrb.8 q4, [r3], #16', 4],
  ])('%s', (text, expected) => {
    expect(cycles('cortex-m55', text)).toEqual([expected, expected]);
  });

  it('a low-overhead loop is nearly free, a branch is not', () => {
    const body = 'adds r0, r0, r1';
    const runs = { runs: 100, jumps: 100 };
    expect(cycles('cortex-m55', `${body}; bne.n 200`, runs)[0]).toBeGreaterThan(
      cycles('cortex-m55', `${body}; le lr, 200`, runs)[0] + 99,
    );
  });
});

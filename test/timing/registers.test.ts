import { describe, expect, it } from 'vitest';
import { decode } from '../../src/timing/decode.js';
import type { RegisterUse } from '../../src/timing/registers.js';

const nothing: RegisterUse = { writes: [], moves: [], address: [], accumulators: [], reads: [], listed: 0 };

describe('an instruction that jumps', () => {
  it.each([
    ['b.n 100', true],
    ['bl 100', true],
    ['bx lr', true],
    ['tbh [pc, r0, lsl #1]', true],
    ['mov pc, r0', true],
    ['ldr.w pc, [r0, #4]', true],
    ['pop {r4, pc}', true],
    ['ldmia.w sp!, {r4, r5, pc}', true],
    ['bne.n 100', false],
    ['bxeq lr', false],
    ['popeq {r4, pc}', false],
    ['cbz r0, 100', false],
    ['le lr, 100', false],
    ['pop {r4}', false],
    ['mov r0, pc', false],
    ['cmp r0, r1', false],
  ])('%s: %s', (text, jumps) => {
    const [mnemonic, ...operands] = text.split(' ');
    expect(decode({ address: 0, mnemonic, operands: operands.join(' ') }).jumps).toBe(jumps);
  });
});

describe('registersOf', () => {
  it.each<[string, Partial<RegisterUse>]>([
    ['ldr r0, [r1, #4]', { writes: ['r0'], address: ['r1'] }],
    ['ldrb.w r0, [r1, r2, lsl #1]', { writes: ['r0'], address: ['r1', 'r2'] }],
    ['ldr.w r0, [r1], #4', { writes: ['r0'], address: ['r1'], moves: ['r1'] }],
    ['ldrsb.w r0, [r1, #1]!', { writes: ['r0'], address: ['r1'], moves: ['r1'] }],
    ['ldrd r0, r1, [r2, #8]', { writes: ['r0', 'r1'], address: ['r2'] }],
    ['str r0, [r1, r2]', { reads: ['r0'], address: ['r1', 'r2'] }],
    ['strd r0, r1, [sp, #-8]!', { reads: ['r0', 'r1'], address: ['sp'], moves: ['sp'] }],
    ['ldmia.w r0!, {r1-r3, r10}', { writes: ['r1', 'r2', 'r3', 'sl'], address: ['r0'], moves: ['r0'], listed: 4 }],
    ['stmdb sp!, {r4, lr}', { reads: ['r4', 'lr'], address: ['sp'], moves: ['sp'], listed: 2 }],
    ['push {r4, lr}', { reads: ['r4', 'lr'], address: ['sp'], moves: ['sp'], listed: 2 }],
    [
      'vpush {d8-d15}',
      { reads: ['d8', 'd9', 'd10', 'd11', 'd12', 'd13', 'd14', 'd15'], address: ['sp'], moves: ['sp'], listed: 16 },
    ],
    ['movs r0, r1', { writes: ['r0'], reads: ['r1'] }],
    ['adds r0, #1', { writes: ['r0'], reads: ['r0'] }],
    ['add r0, r1', { writes: ['r0'], reads: ['r0', 'r1'] }],
    ['add.w r0, r1, r2, lsl #2', { writes: ['r0'], reads: ['r1', 'r2'] }],
    ['sxtb r0, r1', { writes: ['r0'], reads: ['r1'] }],
    ['cmp r0, r1', { reads: ['r0', 'r1'] }],
    ['cbz r0, 100', { reads: ['r0'] }],
    ['bx lr', { reads: ['lr'] }],
    ['tbh [pc, r0, lsl #1]', { address: ['pc', 'r0'], reads: ['pc', 'r0'] }],
    ['muls r0, r1, r0', { writes: ['r0'], reads: ['r1', 'r0'] }],
    ['mla r0, r1, r2, r3', { writes: ['r0'], reads: ['r1', 'r2'], accumulators: ['r3'] }],
    ['smlad r0, r1, r2, r3', { writes: ['r0'], reads: ['r1', 'r2'], accumulators: ['r3'] }],
    ['smull r0, r1, r2, r3', { writes: ['r0', 'r1'], reads: ['r2', 'r3'] }],
    ['smlal r0, r1, r2, r3', { writes: ['r0', 'r1'], reads: ['r2', 'r3'], accumulators: ['r0', 'r1'] }],
    ['smlaldx r0, r1, r2, r3', { writes: ['r0', 'r1'], reads: ['r2', 'r3'], accumulators: ['r0', 'r1'] }],
    ['movt r0, #1', { writes: ['r0'], reads: ['r0'] }],
    ['bfi r0, r1, #2, #3', { writes: ['r0'], reads: ['r0', 'r1'] }],
    ['vldrb.8 q0, [r0], #16', { writes: ['q0'], address: ['r0'], moves: ['r0'] }],
    ['vld20.8 {q0, q1}, [r0]', { writes: ['q0', 'q1'], address: ['r0'], listed: 8 }],
    ['vldrw.u32 q0, [r0, q1]', { writes: ['q0'], address: ['r0', 'q1'] }],
    ['vstrb.8 q0, [r0]', { reads: ['q0'], address: ['r0'] }],
    ['vmlava.s8 r0, q0, q1', { writes: ['r0'], reads: ['q0', 'q1'], accumulators: ['r0'] }],
    ['vmlavat.s8 r0, q0, q1', { writes: ['r0'], reads: ['q0', 'q1'], accumulators: ['r0'] }],
    ['vmlav.s8 r0, q0, q1', { writes: ['r0'], reads: ['q0', 'q1'] }],
    ['vmlaldava.s16 r0, r1, q0, q1', { writes: ['r0', 'r1'], reads: ['q0', 'q1'], accumulators: ['r0', 'r1'] }],
    ['vmla.s32 q0, q1, r2', { writes: ['q0'], reads: ['q1', 'r2'], accumulators: ['q0'] }],
    ['le lr, 100', { writes: ['lr'] }],
  ])('%s', (text, expected) => {
    const [mnemonic, ...operands] = text.split(' ');
    const { uses } = decode({ address: 0, mnemonic, operands: operands.join(' ') });
    expect(uses).toEqual({ ...nothing, ...expected });
  });
});

import { describe, expect, it } from 'vitest';
import { parseDisassembly } from '../../src/toolchain/disassembly.js';
import { parseCallGraphs, stackBound } from '../../src/toolchain/stack-bound.js';

/** `address: instruction` in lines below `<name>:`, as objdump writes them. */
function listing(functions: Readonly<Record<string, readonly string[]>>): string {
  let address = 0x100;
  const texts = Object.entries(functions).map(([name, instructions]) => {
    const heading = `\n${address.toString(16).padStart(8, '0')} <${name}>:\n`;
    const lines = instructions.map(text => {
      const [mnemonic, ...operands] = text.split(' ');
      const line = `     ${address.toString(16)}:\t${mnemonic}\t${operands.join(' ')}\n`;
      address += 2;
      return line;
    });
    return heading + lines.join('');
  });
  return `\nfirmware.elf:     file format elf32-littlearm\n\n\nDisassembly of section .text:\n${texts.join('')}`;
}

const node = (title: string, bytes: number, qualifiers = 'static') =>
  `node: { title: "${title}" label: "${title}\\nnet.c:1:2\\n${bytes} bytes (${qualifiers})" }\n`;

const bound = (functions: Readonly<Record<string, readonly string[]>>, graph = '', entries = ['infer']) =>
  stackBound(parseDisassembly(listing(functions)), parseCallGraphs([graph]), entries);

const reason = (functions: Readonly<Record<string, readonly string[]>>, graph = '') => {
  const found = bound(functions, graph);
  return found.kind === 'unknown' ? found.reason : `bounded by ${found.bytes}`;
};

const pushes = (instruction: string) => parseDisassembly(listing({ f: [instruction, 'bx lr'] }))[0];

describe('parseCallGraphs', () => {
  it('reads frames and calls through pointers, static functions under their symbol', () => {
    const text = `graph: { title: "net.c"
node: { title: "net.c:run.constprop.0" label: "run\\nnet.c:836:13\\n112 bytes (static)" }
node: { title: "__aeabi_lmul" label: "__aeabi_lmul\\n<built-in>" shape : ellipse }
edge: { sourcename: "net.c:run.constprop.0" targetname: "__aeabi_lmul" }
node: { title: "infer" label: "infer\\nnet.c:1:1\\n24 bytes (dynamic)" }
node: { title: "__indirect_call" label: "Indirect Call Placeholder" shape : ellipse }
edge: { sourcename: "infer" targetname: "__indirect_call" label: "net.c:5:17" }
}
`;
    expect(Object.fromEntries(parseCallGraphs([text, node('more', 8, 'dynamic,bounded')]))).toEqual({
      'run.constprop.0': { bytes: 112, dynamic: false, callsIndirectly: false },
      infer: { bytes: 24, dynamic: true, callsIndirectly: true },
      more: { bytes: 8, dynamic: false, callsIndirectly: false },
    });
  });

  it('takes the worse of two static functions of one name', () => {
    const graphs = [node('a.c:f', 8), node('b.c:f', 16), node('c.c:f', 0, 'dynamic')];
    expect(parseCallGraphs(graphs).get('f')).toEqual({ bytes: 16, dynamic: true, callsIndirectly: false });
  });
});

describe('parseDisassembly', () => {
  it.each([
    ['push {r4, r5, r6, r7, lr}', 20],
    ['push {r4-r7, lr}', 20],
    ['stmdb sp!, {r4, r5, r6, r7, r8, r9, sl, fp, lr}', 36],
    ['stmdb sp!, {r4-fp, lr}', 36],
    ['vpush {d8-d15}', 64],
    ['vpush {d8}', 8],
    ['vpush {s16-s19}', 16],
    ['vstmdb sp!, {d8-d9}', 16],
    ['sub sp, #76\t@ 0x4c', 76],
    ['sub.w sp, sp, #1024\t@ 0x400', 1024],
    ['subw sp, sp, #2004 ; 0x7d4', 2004],
    ['str.w lr, [sp, #-8]!', 8],
    ['strd ip, lr, [sp, #-16]!', 16],
    ['vstrw.32 q4, [sp, #-16]!', 16],
    ['pusheq {r4, lr}', 8],
  ])('%s takes %i bytes', (instruction, bytes) => {
    expect(pushes(instruction)).toMatchObject({ pushedBytes: bytes, unknownPush: undefined });
  });

  it.each(['add sp, r4', 'mov sp, r7', 'sub.w sp, sp, r0', 'msr PSP, r0', 'ldr.w sp, [r0, #4]', 'str r0, [sp, r1]!'])(
    '%s takes nobody knows how much',
    instruction => expect(pushes(instruction)).toMatchObject({ pushedBytes: 0, unknownPush: instruction }),
  );

  it.each([
    'add sp, #76\t@ 0x4c',
    'add.w sp, sp, #1024',
    'add r5, sp, #60',
    'mov r0, sp',
    'cmp sp, r0',
    'str r0, [sp, #4]',
    'pop {r4, pc}',
    'ldmia.w sp!, {r4, lr}',
    'vpop {d8-d15}',
    'ldr.w pc, [sp], #4',
    'nop',
  ])('%s takes nothing, and calls nobody', instruction => {
    expect(pushes(instruction)).toMatchObject({
      pushedBytes: 0,
      unknownPush: undefined,
      indirectCall: undefined,
      computedJump: undefined,
      targets: [],
    });
  });

  it('tells branches from calls that begin with the same letters', () => {
    const at = (instruction: string) => pushes(`${instruction} 204 <g>`)?.targets;
    for (const name of ['bl', 'b.n', 'b.w', 'ble.n', 'bls.n', 'blt.w', 'bleq', 'cbz r0,'])
      expect(at(name)).toEqual([0x204]);
    // Back to its own beginning: a loop, and only a call is recursion.
    const self = (name: string) => parseDisassembly(listing({ f: ['nop', `${name} 100 <f>`, 'bx lr'] }))[0]?.targets;
    expect([self('ble.n'), self('bls.n'), self('b.n')]).toEqual([[], [], []]);
    expect([self('bl'), self('bleq'), self('blls')]).toEqual([[0x100], [0x100], [0x100]]);
  });

  it('tells a return from a call through a register', () => {
    expect(pushes('blx r3')?.indirectCall).toBe('blx r3');
    expect(pushes('bx r3')?.indirectCall).toBe('bx r3');
    expect(pushes('bxeq lr')?.indirectCall).toBeUndefined();
    const popped = parseDisassembly(listing({ f: ['pop {r3}', 'bx r3'], g: ['ldmia r0!, {r3}', 'bx r3'] }));
    expect(popped.map(f => f.indirectCall)).toEqual([undefined, 'bx r3']);
  });
});

describe('stackBound', () => {
  it('is that of the deepest path, from the worst entry', () => {
    const functions = {
      begin: ['bx lr'],
      infer: ['push {lr}', 'bl 110 <run>', 'bl 118 <lib>', 'pop {pc}'],
      shallow: ['nop', 'nop', 'bx lr'],
      run: ['push {r4, lr}', 'bl 118 <lib>', 'pop {r4, pc}', 'nop'],
      lib: ['push {r4, r5, lr}', 'pop {r4, r5, pc}'],
    };
    // `run` begins at 0x110, `lib` at 0x118; the compiler keeps 112 bytes in run.
    expect(bound(functions, node('net.c:run', 112) + node('infer', 8), ['begin', 'infer'])).toEqual({
      kind: 'bounded',
      bytes: 132,
      path: [
        { function: 'infer', bytes: 8 },
        { function: 'run', bytes: 112 },
        { function: 'lib', bytes: 12 },
      ],
    });
  });

  it('counts a jump to another function, a jump into its midst, and running on into it', () => {
    const deep = ['nop', 'push {r4, r5, r6, r7}', 'pop {r4, r5, r6, r7}', 'bx lr'];
    for (const last of ['b.n 102 <deep>', 'b.n 104 <deep+0x2>', 'beq.n 102 <deep>']) {
      expect(bound({ infer: [last], deep })).toMatchObject({ kind: 'bounded', bytes: 16 });
    }
    expect(bound({ infer: ['nop', 'movs r0, #1'], deep })).toMatchObject({ bytes: 16 });
    expect(bound({ infer: ['movs r0, #1', 'bx lr', '.word 0x12345678', 'nop'], deep })).toMatchObject({ bytes: 0 });
    // Assembler may come back from its last call; what a compiler ends with a call does not.
    const call = { infer: ['bl 10a <end>'], deep, end: ['bx lr'] };
    expect(bound(call)).toMatchObject({ bytes: 16 });
    expect(bound(call, node('infer', 0))).toMatchObject({ bytes: 0 });
  });

  it('takes what the instructions push where the compiler says less: assembler statements', () => {
    const infer = ['push {r4, lr}', 'push {r0, r1, r2, r3}', 'pop {r0, r1, r2, r3}', 'pop {r4, pc}'];
    expect(bound({ infer }, node('infer', 8))).toMatchObject({ bytes: 24 });
    expect(bound({ infer }, node('infer', 40))).toMatchObject({ bytes: 40 });
  });

  it('believes the compiler on large frames, jump tables and far jumps', () => {
    const infer = ['push {r7, lr}', 'add sp, r7', 'mov pc, r3', 'bl 102 <infer+0x2>', 'pop {r7, pc}'];
    expect(bound({ infer }, node('infer', 2008))).toMatchObject({ bytes: 2008 });
  });

  it.each([
    ['blx r3', 'infer calls through a pointer (blx r3)'],
    ['add sp, r7', 'infer is assembler that cannot be followed (add sp, r7)'],
    ['mov pc, r3', 'infer is assembler that cannot be followed (mov pc, r3)'],
    ['tbb [pc, r0]', 'infer is assembler that cannot be followed (tbb [pc, r0])'],
    ['bl 102 <infer+0x2>', 'infer is assembler that cannot be followed (bl 102 <infer+0x2>)'],
    ['bl 100 <infer>', 'recursion: infer calls infer'],
    ['bl 10a <other>', 'recursion: infer calls other calls infer'],
    ['bl 40 <far>', 'infer calls 0x40, which is no code of the image'],
  ])('%s: unknown, %s', (instruction, why) => {
    const other = ['push {lr}', 'bl 100 <infer>', 'pop {pc}'];
    expect(reason({ infer: ['push {lr}', 'nop', instruction, 'nop', 'pop {pc}'], other })).toBe(why);
  });

  it('is unknown where a frame grows, a loop pushes, or there is no such entry', () => {
    const infer = ['push {lr}', 'pop {pc}'];
    expect(reason({ infer }, node('infer', 8, 'dynamic'))).toBe(
      'the frame of infer grows at run time (alloca, or an array of variable length)',
    );
    expect(reason({ infer }, node('infer', 8, 'dynamic,bounded'))).toBe('bounded by 8');
    const edge = 'edge: { sourcename: "infer" targetname: "__indirect_call" }\n';
    expect(reason({ infer }, node('infer', 8) + edge)).toBe('infer calls through a pointer');
    const loop = ['nop', 'push {r0}', 'subs r1, #1', 'bne.n 102 <infer+0x2>', 'bx lr'];
    expect(reason({ infer: loop })).toBe('infer pushes in a loop (push {r0})');
    expect(reason({ infer: loop }, node('infer', 0))).toBe('infer pushes in a loop (push {r0})');
    expect(reason({ other: infer })).toBe('infer is not in the image');
  });

  it('one unknown function on any path makes all of it unknown', () => {
    const functions = {
      infer: ['push {lr}', 'bl 108 <a>', 'bl 10a <b>', 'pop {pc}'],
      a: ['bx lr'],
      b: ['blx r3', 'bx lr'],
    };
    expect(reason(functions)).toBe('b calls through a pointer (blx r3)');
  });
});

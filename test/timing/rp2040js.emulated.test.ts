import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RP2040 } from 'rp2040js';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline/index.js';
import { rp2040Memory } from '../../src/run/rp2040-machine.js';
import { loadTarget } from '../../src/target/load-target.js';
import { type DecodedInstruction, decode } from '../../src/timing/decode.js';
import { CycleTally } from '../../src/timing/estimate.js';
import { type CodeFunction, parseListing } from '../../src/timing/instruction.js';
import { loadTiming } from '../../src/timing/table.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { buildFirmware } from '../../src/toolchain/build-firmware.js';
import { disassemble } from '../../src/toolchain/disassembly.js';
import { elfSegments } from '../../src/toolchain/elf.js';
import type { Firmware } from '../../src/toolchain/firmware.js';
import { toyFirmware } from '../emulation/firmware.js';
import { needsTool } from '../emulation/tools.js';

const { code, ram } = rp2040Memory;
const returned = 0x2000;

async function build(firmware: Firmware): Promise<{ functions: CodeFunction[]; file: Uint8Array }> {
  return withBuildDirectory(async directory => {
    const platform = { kind: 'board', memory: { code, ram } } as const;
    const built = await buildFirmware(firmware, { mode: 'run', platform }, directory);
    const file = new Uint8Array(readFileSync(join(directory, built.image)));
    return { functions: parseListing(await disassemble(built)), file };
  });
}

/** rp2040js does not count LR and PC in the list of a push or pop; the manual does (DDI 0337I: "including PC or LR"). */
const leftOut = ({ instruction: { mnemonic, operands } }: DecodedInstruction): number =>
  /^(?:push|pop)$/.test(mnemonic) && /lr|pc/.test(operands) ? 1 : 0;

/** Calls a function in rp2040js, one instruction after the other: its cycles, and ours for the same instructions. */
async function cyclesOf(firmware: Firmware): Promise<{ theirs: number; ours: number; instructions: number }> {
  const { functions, file } = await build(firmware);
  const decoded = new Map<number, DecodedInstruction>(
    functions.flatMap(f => f.instructions.map(i => [i.address, decode(i)] as const)),
  );
  const entry = functions.find(({ name }) => name === `${firmware.name}_infer`)?.address ?? expect.fail('no entry');
  const machine = new RP2040();
  for (const { address, bytes } of elfSegments(file)) machine.flash.set(bytes, address - code.origin);
  const { core } = machine;
  core.SP = ram.origin + 0x10000;
  core.LR = returned + 1;
  core.PC = entry;
  core.registers[0] = ram.origin + 0x10000;
  core.registers[1] = ram.origin + 0x20000;
  const tally = new CycleTally(loadTiming('cortex-m0plus') ?? expect.fail('no table'));
  let [theirs, instructions] = [0, 0];
  let block: DecodedInstruction[] = [];
  while (core.PC !== returned) {
    const at = decoded.get(core.PC) ?? expect.fail(`no instruction at ${core.PC}`);
    const size = at.kind === 'call' || at.kind === 'system' ? 4 : 2;
    const next = core.PC + size;
    const before = core.cycles;
    core.executeInstruction();
    theirs += core.cycles - before + leftOut(at);
    instructions++;
    block.push(at);
    if (core.PC === next && !at.jumps) continue;
    const problem = tally.add({ address: block[0].instruction.address, instructions: block, runs: 1, jumps: 1 });
    if (problem !== undefined) expect.fail(problem);
    block = [];
  }
  const { low, high } = tally.result;
  expect(low).toBe(high);
  return { theirs, ours: low, instructions };
}

describe.skipIf(!needsTool('arm-none-eabi-gcc'))('Cortex-M0+: estimated cycles are those that rp2040js counts', () => {
  it.each(['counted', 'toy'])('of %s', async source => {
    const { theirs, ours, instructions } = await cyclesOf(toyFirmware('cortex-m0', source));
    expect(instructions).toBeGreaterThan(200);
    expect(ours).toBe(theirs);
  });

  it('of examples/tiny', async () => {
    const loaded = await randomModel(join(packageRoot(), 'examples/tiny/model.ts'), { seed: 1 }, new Session());
    const { firmware } = compileModel(loaded, loadTarget('cortex-m0'), '0.0.0', {});
    const { theirs, ours, instructions } = await cyclesOf(firmware);
    expect(instructions).toBeGreaterThan(10_000);
    expect(ours).toBe(theirs);
  });
});

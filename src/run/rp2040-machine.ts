import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { MemoryRegion } from '../target/target.js';
import type { ElfSegment } from '../toolchain/elf.js';

/** Memory and registers of the emulated core, as semihosting needs them. */
export interface SemihostingMemory {
  readWord(address: number): number;
  bytes(address: number, count: number): Uint8Array;
}

const operations = { open: 0x01, close: 0x02, write: 0x05, read: 0x06, length: 0x0c, exitExtended: 0x20 };
const failed = -1;

/** The operations that port_semihosting.c uses (Arm IHI 0100), on the files of one directory. */
export class Semihosting {
  /** Set once the program has ended. */
  exitCode: number | undefined;
  private readonly open = new Set<number>();

  constructor(
    private readonly directory: string,
    private readonly memory: SemihostingMemory,
  ) {}

  /** Does what `operation` says with the arguments at an address; gives the result for r0. */
  call(operation: number, argumentsAt: number): number {
    const argument = (i: number): number => this.memory.readWord(argumentsAt + 4 * i);
    switch (operation) {
      case operations.open:
        return this.openFile(this.memory.bytes(argument(0), argument(2)), argument(1));
      case operations.close:
        return this.closeFile(argument(0));
      case operations.write:
        return argument(2) - writeSync(argument(0), this.memory.bytes(argument(1), argument(2)));
      case operations.read:
        return argument(2) - readSync(argument(0), this.memory.bytes(argument(1), argument(2)));
      case operations.length:
        return fstatSync(argument(0)).size;
      case operations.exitExtended:
        this.exitCode = argument(1);
        return 0;
      default:
        return failed;
    }
  }

  /** Closes what the program has left open. */
  close(): void {
    for (const file of this.open) closeSync(file);
    this.open.clear();
  }

  private openFile(name: Uint8Array, mode: number): number {
    try {
      // The plain name only: a damaged program must not write elsewhere.
      const path = join(this.directory, basename(Buffer.from(name).toString('latin1')));
      const file = openSync(path, mode < 4 ? 'r' : 'w');
      this.open.add(file);
      return file;
    } catch {
      return failed;
    }
  }

  private closeFile(file: number): number {
    if (!this.open.delete(file)) return failed;
    closeSync(file);
    return 0;
  }
}

/** Memory of the RP2040 (RP2040 Datasheet, section 2.2, address map): flash through XIP, and SRAM. */
export const rp2040Memory = {
  code: { origin: 0x10000000, bytes: 16 * 1024 * 1024 },
  ram: { origin: 0x20000000, bytes: 264 * 1024 },
} as const satisfies Readonly<Record<string, MemoryRegion>>;

/** An access or instruction that ends in a fault on a real core; rp2040js goes on with a warning instead. */
class Fault extends Error {}

const semihostingBreak = 0xab;
/** As in templates/harness/effnetc_harness/port.h: what the firmware's own handler would report. */
const exitCodes = { stackOverflow: 30, hardFault: 43 };
/** The stack is at the bottom of RAM: with less than a frame left, a fault is an overflow. */
const frameBytes = 64;

export interface Rp2040Machine {
  /** Executes some instructions. Gives the exit code once the program has ended. */
  run(instructions: number): number | undefined;
  close(): void;
}

/** An RP2040 with an image in flash, at its reset; one core of it runs. rp2040js is loaded only when needed. */
export async function createRp2040(segments: readonly ElfSegment[], directory: string): Promise<Rp2040Machine> {
  const { RP2040 } = await import('rp2040js');
  const { code, ram } = rp2040Memory;

  const fault = (what: string): never => {
    throw new Fault(what);
  };
  const aligned = (address: number, mask: number): void => {
    if ((address & mask) !== 0) fault('unaligned access');
  };
  const writable = (address: number): void => {
    if (address < ram.origin) fault('write to read-only memory');
  };
  /** With the faults of Armv6-M: unaligned accesses, and writes to flash and ROM. */
  class Checked extends RP2040 {
    override readUint32(address: number): number {
      aligned(address, 3);
      return super.readUint32(address);
    }
    override readUint16(address: number): number {
      aligned(address, 1);
      return super.readUint16(address);
    }
    override writeUint32(address: number, value: number): void {
      aligned(address, 3);
      writable(address);
      super.writeUint32(address, value);
    }
    override writeUint16(address: number, value: number): void {
      aligned(address, 1);
      writable(address);
      super.writeUint16(address, value);
    }
    override writeUint8(address: number, value: number): void {
      writable(address);
      super.writeUint8(address, value);
    }
  }

  const machine = new Checked();
  const { core } = machine;
  // It warns of addresses without memory and of unknown instructions.
  const silent = (): void => {};
  machine.logger = { debug: silent, info: silent, warn: (_, text) => fault(text), error: (_, text) => fault(text) };
  for (const { address, bytes } of segments) machine.flash.set(bytes, address - code.origin);
  const semihosting = new Semihosting(directory, {
    readWord: address => machine.readUint32(address),
    bytes: (address, count) =>
      address >= ram.origin
        ? machine.sram.subarray(address - ram.origin, address - ram.origin + count)
        : machine.flash.subarray(address - code.origin, address - code.origin + count),
  });
  machine.onBreak = number => {
    if (number !== semihostingBreak) fault('breakpoint');
    core.registers[0] = semihosting.call(core.registers[0] ?? 0, core.registers[1] ?? 0);
  };
  core.VTOR = code.origin;
  core.reset();

  const run = (instructions: number): number | undefined => {
    try {
      for (let i = 0; i < instructions && semihosting.exitCode === undefined; i++) core.executeInstruction();
      return semihosting.exitCode;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return core.SP < ram.origin + frameBytes ? exitCodes.stackOverflow : exitCodes.hardFault;
    }
  };
  return { run, close: () => semihosting.close() };
}

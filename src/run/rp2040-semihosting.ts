import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

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

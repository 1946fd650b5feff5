import type { Build } from './build-firmware.js';
import { InstructionReader, type Transfer } from './thumb-instruction.js';

/**
 * The code of a build's image, as `objdump -d --no-show-raw-insn` prints it.
 *
 * Of itself, objdump of binutils 2.40 takes vector instructions of Armv8.1-M for those of coprocessors, and does not know
 * conditional selections.
 */
export function disassemble({ compiler, image, isa }: Build): Promise<string> {
  const machine = isa.includes('mve') ? ['-m', 'armv8.1-m.main'] : [];
  return compiler.inspect('objdump', ['-d', '--no-show-raw-insn', ...machine, image]);
}

/** A function of a linked image, as far as its stack and its calls show in its instructions. */
export interface MachineFunction {
  readonly name: string;
  readonly address: number;
  /** After its last instruction or data. */
  readonly end: number;
  /** Of all instructions that push: no path that passes each of them once goes deeper. */
  readonly pushedBytes: number;
  /** An instruction that pushes and lies in a loop. */
  readonly pushInLoop: string | undefined;
  /** An instruction that sets the stack pointer to what cannot be seen from here. */
  readonly unknownPush: string | undefined;
  /** An instruction that calls or leaves through a register. */
  readonly indirectCall: string | undefined;
  /** One that jumps to a computed address, as a `switch` does. */
  readonly computedJump: string | undefined;
  /** Addresses outside of it that it calls or goes to, and its own where it calls itself. */
  readonly targets: readonly number[];
  /** A call of an address within it: GCC's jump over more than 2 KB where there is no other (Armv6-M). */
  readonly callWithin: string | undefined;
  /** The function after it, where the last instruction does not leave for another place. */
  readonly fallsInto: number | undefined;
  /** The last instruction is a call, of a function that does not return or else before `fallsInto`. */
  readonly endsInCall: boolean;
}

/** Functions of `objdump -d --no-show-raw-insn`, in order of addresses. Each symbol with code after it counts as one. */
export function parseDisassembly(text: string): MachineFunction[] {
  const readers: FunctionReader[] = [];
  for (const line of text.split('\n')) {
    const heading = /^([0-9a-f]+) <(.+)>:$/.exec(line);
    if (heading === null) readers.at(-1)?.read(line);
    else readers.push(new FunctionReader(heading[2] ?? '', Number.parseInt(heading[1] ?? '', 16)));
  }
  readers.sort((a, b) => a.address - b.address);
  return readers.map((reader, i) => reader.finish(readers[i + 1]?.address));
}

class FunctionReader {
  private readonly instructions = new InstructionReader();
  private readonly pushes: { readonly address: number; readonly text: string; readonly bytes: number }[] = [];
  private readonly transfers: (Transfer & { readonly from: number })[] = [];
  private unknownPush: string | undefined;
  private indirectCall: string | undefined;
  private computedJump: string | undefined;
  private last = 0;
  private fallsThrough = true;
  private endsInCall = false;

  constructor(
    private readonly name: string,
    readonly address: number,
  ) {
    this.last = address;
  }

  read(line: string): void {
    const found = this.instructions.read(line);
    if (found === undefined) return;
    const { address, text, effect } = found;
    this.last = address;
    if (effect.kind === 'filler') return;
    this.fallsThrough = !found.ends;
    this.endsInCall = effect.kind === 'transfer' && effect.transfer.call;
    if (effect.kind === 'push') this.pushes.push({ address, text, bytes: effect.bytes });
    else if (effect.kind === 'unknown-push') this.unknownPush ??= text;
    else if (effect.kind === 'indirect-call') this.indirectCall ??= text;
    else if (effect.kind === 'computed-jump') this.computedJump ??= text;
    else if (effect.kind === 'transfer') this.transfers.push({ ...effect.transfer, from: address });
  }

  /** @param next where the next function of the image begins, if one follows */
  finish(next: number | undefined): MachineFunction {
    const end = Math.min(this.last + 4, next ?? Number.POSITIVE_INFINITY);
    const inside = ({ target }: Transfer): boolean => target >= this.address && target < end;
    const outgoing = this.transfers.filter(t => !inside(t) || (t.call && t.target === this.address));
    const within = this.transfers.filter(t => inside(t) && !outgoing.includes(t));
    const loops = within.filter(t => t.target <= t.from);
    return {
      name: this.name,
      address: this.address,
      end,
      pushedBytes: this.pushes.reduce((sum, { bytes }) => sum + bytes, 0),
      pushInLoop: this.pushes.find(p => loops.some(l => l.target <= p.address && p.address <= l.from))?.text,
      unknownPush: this.unknownPush,
      indirectCall: this.indirectCall,
      computedJump: this.computedJump,
      targets: [...new Set(outgoing.map(t => t.target))],
      callWithin: within.find(t => t.call)?.text,
      fallsInto: this.fallsThrough ? next : undefined,
      endsInCall: this.endsInCall,
    };
  }
}

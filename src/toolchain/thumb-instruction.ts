/** A branch or call to an address that the instruction names. */
export interface Transfer {
  readonly target: number;
  readonly call: boolean;
  readonly text: string;
}

/** What an instruction does to the stack pointer or to the flow of control. */
export type Effect =
  | { readonly kind: 'none' }
  /** Data, or an instruction between functions that is never executed. */
  | { readonly kind: 'filler' }
  | { readonly kind: 'push'; readonly bytes: number }
  | { readonly kind: 'unknown-push' }
  | { readonly kind: 'indirect-call' }
  | { readonly kind: 'computed-jump' }
  | { readonly kind: 'transfer'; readonly transfer: Transfer };

export interface Instruction {
  readonly address: number;
  /** Mnemonic and operands, one blank between. */
  readonly text: string;
  readonly effect: Effect;
  /** The instruction after it is not its successor. */
  readonly ends: boolean;
}

const condition = '(?:eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)';
const call = new RegExp(`^blx?${condition}?$`);
const throughRegister = new RegExp(`^bl?xn?s?${condition}?$`);
const writesNothing = /^(?:cmp|cmn|tst|teq|v?str|v?stm|push)/;
const registers = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'sl', 'fp', 'ip', 'sp', 'lr', 'pc'];

/**
 * Reads Thumb instructions as objdump of binutils prints them, one after the other. Names and meaning: Armv8-M Architecture
 * Reference Manual (DDI 0553), "Alphabetical list of instructions". Whatever writes the stack pointer in a way that is
 * not known here is an `unknown-push`, so that nothing is passed over.
 */
export class InstructionReader {
  /** Registers that the instruction before took from the stack: a `bx` to one of them is a return. */
  private popped: readonly string[] = [];

  /** @returns nothing for a line without an instruction */
  read(line: string): Instruction | undefined {
    const match = /^\s*([0-9a-f]+):\t(\S+)(?:\t(.*))?$/.exec(line);
    if (match === null) return undefined;
    const [, address = '', mnemonic = '', rest = ''] = match;
    const operands = rest.replace(/\s*[@;].*$/, '').trim();
    const name = mnemonic.replace(/\.[nw]$/, '');
    const text = `${mnemonic} ${operands}`.trim();
    const effect = this.effectOf(name, operands, text);
    this.popped = name === 'pop' || /^sp!/.test(operands) ? listed(operands) : [];
    return { address: Number.parseInt(address, 16), text, effect, ends: endsFlow(name, operands) };
  }

  private effectOf(name: string, operands: string, text: string): Effect {
    if (name.startsWith('.') || name === 'nop') return { kind: 'filler' };
    const target = /(?:^|,\s*)([0-9a-f]+) <[^>]*>$/.exec(operands)?.[1];
    if (target !== undefined) {
      return { kind: 'transfer', transfer: { target: Number.parseInt(target, 16), call: call.test(name), text } };
    }
    if (throughRegister.test(name)) {
      const returns = !name.startsWith('bl') && (operands === 'lr' || this.popped.includes(operands));
      return { kind: returns ? 'none' : 'indirect-call' };
    }
    const pops = /^pop|^ldm/.test(name) || /^pc, \[sp\], #\d+$/.test(operands);
    if (!pops && (/^tb[bh]$/.test(name) || (/^pc\b/.test(operands) && operands !== 'pc, lr'))) {
      return { kind: 'computed-jump' };
    }
    return stackEffect(name, operands);
  }
}

function stackEffect(name: string, operands: string): Effect {
  if (/^v?push/.test(name) || (/^v?stm(?:db|fd)/.test(name) && operands.startsWith('sp!'))) {
    return { kind: 'push', bytes: listBytes(operands) };
  }
  const amount = /^sub/.test(name) ? /^sp, (?:sp, )?#(\d+)$/.exec(operands) : /\[sp, #-(\d+)\]!$/.exec(operands);
  if (amount !== null) return { kind: 'push', bytes: Number(amount[1]) };
  const releases = /^add/.test(name) && /^sp, (?:sp, )?#\d+$/.test(operands);
  const written = /^sp\b/.test(operands) && !writesNothing.test(name) && !/^v?(?:ldm|pop)/.test(name);
  const elsewhere = /^msr$/.test(name) && /^[mp]sp/i.test(operands);
  const stored = /\[sp, [^\]]*\]!$|\[sp\], #-/.test(operands) && !/\[sp, #\d+\]!$/.test(operands);
  if (!releases && (written || elsewhere || stored)) return { kind: 'unknown-push' };
  return { kind: 'none' };
}

function endsFlow(name: string, operands: string): boolean {
  if (/^(?:b|bx|bxns|tbb|tbh|udf)$/.test(name)) return true;
  if (/^(?:pop|ldmia)$/.test(name)) return listed(operands).includes('pc');
  return /^(?:mov|ldr|add)$/.test(name) && /^pc\b/.test(operands);
}

/** Registers between braces, ranges written out: `{r4-r6, lr}`, `{d8-d15}`. */
function listed(operands: string): string[] {
  const list = /\{([^}]*)\}/.exec(operands)?.[1] ?? '';
  return list.split(',').flatMap(part => {
    const [first = '', last = first] = part.trim().split('-');
    const [from, to] = [numberOf(first), numberOf(last)];
    if (from === undefined || to === undefined) return [first];
    return Array.from({ length: to - from + 1 }, (_, i) =>
      /^[sdq]\d/.test(first) ? `${first[0]}${from + i}` : `${registers[from + i]}`,
    );
  });
}

function numberOf(register: string): number | undefined {
  const core = registers.indexOf(register);
  if (core >= 0) return core;
  const digits = /^[rsdq](\d+)$/.exec(register)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const bytesOf: Readonly<Record<string, number>> = { d: 8, q: 16 };

function listBytes(operands: string): number {
  return listed(operands).reduce(
    (sum, register) => sum + (/^[dq]\d/.test(register) ? (bytesOf[register[0] ?? ''] ?? 4) : 4),
    0,
  );
}

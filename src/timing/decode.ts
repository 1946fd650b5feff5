import type { Instruction } from './instruction.js';
import { type InstructionKind, kindOf } from './kind.js';
import { type RegisterUse, registersOf } from './registers.js';

/** All that a timing model asks of an instruction. */
export interface DecodedInstruction {
  readonly instruction: Instruction;
  readonly kind: InstructionKind;
  readonly uses: RegisterUse;
  /** Jumps whenever it is executed, be it to the code after it. */
  readonly jumps: boolean;
}

export function decode(instruction: Instruction): DecodedInstruction {
  const kind = kindOf(instruction);
  const uses = registersOf(instruction, kind);
  return {
    instruction,
    kind,
    uses,
    jumps: transfers.has(kind) ? unconditional(instruction) : writesPc(instruction, uses),
  };
}

const transfers: ReadonlySet<InstructionKind> = new Set([
  'branch',
  'branchRegister',
  'call',
  'callRegister',
  'tableBranch',
]);

const unconditional = ({ mnemonic }: Instruction): boolean =>
  /^(?:b|bx|bl|blx|bxns|blxns|tbb|tbh)(?:\.[nw])?$/.test(mnemonic);

const writesPc = ({ mnemonic }: Instruction, { writes }: RegisterUse): boolean =>
  writes.includes('pc') && /^(?:mov|add|ldr|pop|ldm(?:ia|db)?)(?:\.[nw])?$/.test(mnemonic);

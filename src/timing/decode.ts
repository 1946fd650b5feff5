import type { Instruction } from './instruction.js';
import { type InstructionKind, kindOf } from './kind.js';
import { type RegisterUse, registersOf } from './registers.js';

/** All that a timing model asks of an instruction. */
export interface DecodedInstruction {
  readonly instruction: Instruction;
  readonly kind: InstructionKind;
  readonly uses: RegisterUse;
}

export function decode(instruction: Instruction): DecodedInstruction {
  const kind = kindOf(instruction);
  return { instruction, kind, uses: registersOf(instruction, kind) };
}

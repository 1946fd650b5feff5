/** An instruction as objdump of binutils prints it. */
export interface Instruction {
  readonly address: number;
  /** In small letters, with its suffixes: `ldrsb.w`, `addls.w`, `vmladava.s8`. */
  readonly mnemonic: string;
  /** Without comments: `r0, [r1, #4]`. */
  readonly operands: string;
}

/** Functions of a listing by name and address. */
export interface CodeFunction {
  readonly name: string;
  readonly address: number;
  readonly instructions: readonly Instruction[];
}

/**
 * Reads `objdump -d --no-show-raw-insn`. Data between instructions (`.word`, `.short`) is left out.
 *
 * @returns functions in the order of the listing
 */
export function parseListing(text: string): CodeFunction[] {
  const functions: { name: string; address: number; instructions: Instruction[] }[] = [];
  for (const line of text.split('\n')) {
    const heading = /^([0-9a-f]+) <(.+)>:$/.exec(line);
    if (heading !== null) {
      functions.push({ name: heading[2], address: Number.parseInt(heading[1], 16), instructions: [] });
      continue;
    }
    const instruction = parseInstruction(line);
    if (instruction !== undefined) functions.at(-1)?.instructions.push(instruction);
  }
  return functions;
}

/** A line of a listing: `  1a: ldr r0, [r1, #4] ; comment`, tabs between. Nothing where there is no instruction. */
export function parseInstruction(line: string): Instruction | undefined {
  const match = /^\s*([0-9a-f]+):\t([a-z]\S*)\s*(.*)$/.exec(line);
  if (match === null) return undefined;
  const operands = match[3].replace(/\s*[@;].*$/, '').replace(/\s*<[^>]*>/, '');
  return { address: Number.parseInt(match[1], 16), mnemonic: match[2], operands: operands.trim() };
}

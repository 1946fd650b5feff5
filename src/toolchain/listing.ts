import type { Build } from './build-firmware.js';

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

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import { Compiler, warningFlags } from './compiler.js';

const source = 'block_counts.c';

/**
 * Builds the plugin that counts blocks, for the QEMU of this machine.
 *
 * @param api version of QEMU's plugin interface that it claims
 * @returns the library, relative to `directory`
 * @throws CompileError E0801 without a compiler, E0802 when it does not compile
 */
export async function buildPlugin(directory: string, api: number): Promise<string> {
  const library = `block_counts_${api}.so`;
  copyFileSync(join(packageRoot(), 'templates', 'plugin', source), join(directory, source));
  // QEMU has the functions that it calls; Apple's linker wants to be told so.
  const open = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const kind = ['-std=gnu99', '-O2', '-shared', '-fPIC', '-fvisibility=hidden', ...open];
  const args = [...kind, ...warningFlags, `-DEFFNETC_PLUGIN_API=${api}`, source, '-o', library];
  await new Compiler('hostCompiler', directory).run('compile the plugin for QEMU', args);
  return library;
}

import type { Command } from 'commander';
import { fail } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';

/** `effnetc help [COMMAND]`: the same as `effnetc COMMAND --help`. */
export function registerHelp(program: Command): void {
  program
    .command('help')
    .description('show the help of a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      if (name === undefined) return program.help();
      const found = program.commands.find(command => command.name() === name);
      if (found) return found.help();
      const guess = nearest(
        name,
        program.commands.map(command => command.name()),
      );
      const list = 'effnetc --help lists the commands';
      return fail('E0902', `unknown command '${name}'`, {
        hint: guess === undefined ? list : `did you mean ${guess}? ${list}`,
      });
    });
}

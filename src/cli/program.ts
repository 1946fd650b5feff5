import { Command } from 'commander';
import { registerCompile } from './commands/compile.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEvaluate } from './commands/evaluate.js';
import { registerExplain } from './commands/explain.js';
import { registerHelp } from './commands/help.js';
import { registerImport } from './commands/import.js';
import { registerProfile } from './commands/profile.js';
import { registerQuantize } from './commands/quantize.js';
import { registerReport } from './commands/report.js';
import { registerRun } from './commands/run.js';
import { registerTargets } from './commands/targets.js';
import { registerVerify } from './commands/verify.js';
import type { CliContext } from './io.js';
import { Shell } from './shell.js';

/** Adds one command to the program. Heavy modules are imported when the command runs, not before. */
export type RegisterCommand = (program: Command, shell: Shell) => void;

/** Every command, in the order of the help. */
// biome-ignore format: one command a line
const commands: readonly RegisterCommand[] = [
  registerQuantize,
  registerCompile,
  registerVerify,
  registerProfile,
  registerEvaluate,
  registerRun,
  registerImport,
  registerReport,
  registerTargets,
  registerDoctor,
  registerExplain,
];

/** The commander program of `effnetc`, talking only to the streams of the shell's context. */
export function createProgram(shell: Shell, registrations: readonly RegisterCommand[] = commands): Command {
  const { stdout, stderr, version } = shell.context;
  const program = new Command('effnetc')
    .description(
      'Compiles small convolutional networks to fixed-point C for Arm Cortex-M,\n' +
        'and proves the result bit for bit in emulation.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false) // ours knows what an unknown command is
    .option('--json', 'print one JSON object on standard output, and nothing else there')
    .option('--quiet', 'no progress, no warnings, no summary: errors, the exit code and what was asked for')
    .option('--no-color', 'no colours; NO_COLOR in the environment does the same')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => shell.writeHelp(text),
      writeErr: text => stderr.write(text),
      outputError: () => {}, // the shell prints errors, as diagnostics
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc doctor\n\n' +
        'Exit codes: 0 fine, 1 a check failed, 2 bad usage or input,\n            3 a tool is missing, 70 internal error',
    );
  for (const register of [...registrations, registerHelp]) register(program, shell);
  return program;
}

/**
 * Runs one command line.
 *
 * @param argv the arguments without `node` and the script
 * @param registrations other commands, for tests
 * @returns the exit code; never throws
 */
export async function runCli(
  argv: readonly string[],
  context: CliContext,
  registrations: readonly RegisterCommand[] = commands,
): Promise<number> {
  const shell = new Shell(context, argv);
  try {
    await createProgram(shell, registrations).parseAsync([...argv], { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    return shell.fail(error);
  }
}

import type { CommanderError } from 'commander';
import type { DiagnosticCode } from '../diagnostics/codes.js';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.js';

/** Ours for each of commander's codes; E0901 for the rest. */
const codeOf: Readonly<Record<string, DiagnosticCode>> = {
  'commander.unknownCommand': 'E0902',
  'commander.unknownOption': 'E0903',
  'commander.missingArgument': 'E0904',
  'commander.optionMissingArgument': 'E0904',
  'commander.missingMandatoryOptionValue': 'E0904',
  'commander.invalidArgument': 'E0905',
};

/**
 * An error of commander as one of our diagnostics. Commander puts its guess into the message, on a line of its own.
 *
 * @param command the command that was called, where it is known
 */
export function usageDiagnostic(error: CommanderError, command: string | undefined): Diagnostic {
  const [, message = error.message, guess] =
    /^(?:error: )?([\s\S]*?)\.?(?:\n\(Did you mean ([\s\S]*)\?\))?$/.exec(error.message) ?? [];
  const code = codeOf[error.code] ?? 'E0901';
  const help = `effnetc${command === undefined ? '' : ` ${command}`} --help`;
  const shows = code === 'E0902' ? 'lists the commands' : 'shows what it takes';
  const hint = guess === undefined ? `${help} ${shows}` : `did you mean ${guess}? ${help} ${shows}`;
  return diagnostic('error', code, message, { hint });
}

import pico from 'picocolors';
import { escapeControls, escapeLines } from './text.js';

export interface InternalErrorOptions {
  readonly colour: boolean;
  /** Version of effnetc. */
  readonly version: string;
  /** The arguments as they were given. */
  readonly argv: readonly string[];
  /** True shows the stack: only for EFFNETC_DEBUG=1. */
  readonly debug: boolean;
}

/** Quoted for a POSIX shell where it has to be, so that the line can be pasted. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What a user sees of an error that is ours: an apology without a stack, and what to put into a report. */
export function renderInternalError(error: unknown, options: InternalErrorOptions): string {
  const c = pico.createColors(options.colour);
  const message = error instanceof Error ? error.message : String(error);
  const command = ['effnetc', ...options.argv].map(shellWord).join(' ');
  const lines = [
    `${c.bold(c.red('internal error'))}${c.bold(`: ${escapeControls(message)}`)}`,
    '   = note: this is a fault of effnetc, not of your model or your command',
    `   = note: effnetc ${options.version}; command line: ${escapeControls(command)}`,
    `   = help: please report it with the version and the command line above${options.debug ? '' : '; EFFNETC_DEBUG=1 shows the stack'}`,
  ];
  if (options.debug && error instanceof Error && error.stack !== undefined) lines.push(...escapeLines(error.stack));
  return `${lines.join('\n')}\n`;
}

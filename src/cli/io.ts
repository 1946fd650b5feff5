import type { Session } from '../diagnostics/session.js';
import type { ExitCode } from './exit-codes.js';
import type { JsonObject } from './output.js';

/** Where text goes. Writing to a closed pipe is not an error: see main.ts. */
export interface OutputStream {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
}

/** All that the command line knows of the process it runs in; only main.ts makes a real one. */
export interface CliContext {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Relative paths of the user are relative to this. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of effnetc. */
  readonly version: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** How a command's text is to look. */
export interface TextStyle {
  readonly colour: boolean;
  /** A person looks at it: boxes and wrapped columns. In a pipe tables are plain ASCII, a line a row. */
  readonly pretty: boolean;
  readonly columns: number;
}

/** Tells a person how far a long piece of work is. */
export interface Progress {
  /** `label` names the work ("emulating"); a new label starts a new measurement of the time left. */
  update(label: string, done: number, total: number): void;
  /** Takes the line away; to be called before anything else is printed. */
  clear(): void;
}

/** What a command works with while it runs. */
export interface CommandIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Errors and warnings of the run, and the sources that their rendering quotes. */
  readonly session: Session;
  readonly progress: Progress;
  /** Prints what was asked for besides the result, at once and with --quiet as well; on standard error with --json. */
  readonly list: (text: string) => void;
  /** With --json, standard output is for one object. */
  readonly json: boolean;
}

/** What a command found: printed by the shell as text, or with --json as one object. */
export interface CommandResult {
  readonly json: JsonObject;
  text(style: TextStyle): string;

  /** 0 by default; 1 when a check failed, 3 when a tool is missing. */
  readonly exitCode?: ExitCode | undefined;
  /** True where the text is what the user asked for (a list, a class), so that --quiet keeps it. */
  readonly keepWhenQuiet?: boolean | undefined;
}

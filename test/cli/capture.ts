import { type RegisterCommand, runCli } from '../../src/cli/program.js';

export interface CapturedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly cwd?: string;
  /** Instead of the real ones. */
  readonly commands?: readonly RegisterCommand[];
}

/** Runs a command line in this process. Not a terminal and with an empty environment unless told otherwise. */
export async function capture(argv: readonly string[], options: CaptureOptions = {}): Promise<CapturedRun> {
  const { tty: isTTY = false, columns } = options;
  const written = { stdout: '', stderr: '' };
  const streamFor = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
    },
    isTTY,
    columns,
  });
  const context = {
    stdout: streamFor('stdout'),
    stderr: streamFor('stderr'),
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? {},
    version: '1.2.3',
    now: () => 0,
  };
  const code = await runCli(argv, context, options.commands);
  return { code, ...written };
}

import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The file that a shell would run for a name, or nothing. */
export function findOnPath(name: string, env: Environment): string | undefined {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      if (directory !== '' && statSync(file).isFile()) return file;
    } catch {} // not in this one
  }
  return undefined;
}

export interface ToolRun {
  /** Nothing when the program could not be started or was stopped after the time limit. */
  readonly exitCode: number | undefined;
  /** Standard output and error, the first 64 KB. */
  readonly output: string;
}

const maxOutput = 64 * 1024;

/** Runs a program without input, under a time limit; never rejects. */
export function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Environment; readonly timeoutMs: number },
): Promise<ToolRun> {
  return new Promise(resolve => {
    let output = '';
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      // A terminal as input would be put into raw mode by QEMU.
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const collect = (chunk: Buffer): void => {
      if (output.length < maxOutput) output += chunk.toString('utf8').slice(0, maxOutput - output.length);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', error => resolve({ exitCode: undefined, output: error.message }));
    child.on('close', code => resolve({ exitCode: code ?? undefined, output }));
  });
}

// The only place that touches the process: real streams in, exit code out.
import { readFileSync } from 'node:fs';
import { removeTemporaryDirectories } from '../emit/write-files.js';
import type { OutputStream } from './io.js';
import { type RegisterCommand, runCli } from './program.js';

function outputTo(stream: NodeJS.WriteStream, name: string): OutputStream {
  // `effnetc targets | head -1` closes the pipe early: that is no error, and nobody is left to read a message.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 2;
    if (stream !== process.stderr) process.stderr.write(`effnetc: cannot write to ${name}: ${error.message}\n`);
  });
  return {
    write: text => void stream.write(text),
    isTTY: stream.isTTY === true,
    // Read anew each time: the window may be resized.
    get columns() {
      return stream.columns;
    },
  };
}

/** The exit code of a process that a signal ended, as shells report it. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs a command line with the streams of this process, and leaves its exit code to it.
 *
 * @param argv arguments without `node` and the script
 * @param registrations other commands than those of `effnetc`
 */
export async function runProcess(argv: readonly string[], registrations?: readonly RegisterCommand[]): Promise<void> {
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      removeTemporaryDirectories();
      process.exit(code);
    });
  }

  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );

  const context = {
    stdout: outputTo(process.stdout, 'standard output'),
    stderr: outputTo(process.stderr, 'standard error'),
    cwd: process.cwd(),
    env: process.env,
    version: manifest.version,
    now: () => performance.now(),
  };
  const code = await runCli(argv, context, registrations);
  // Not process.exit: what was written to a pipe has to arrive first.
  process.exitCode ||= code;
}

import { spawn } from 'node:child_process';

/** How a process ended. */
export type Outcome =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  | { readonly kind: 'not-started'; readonly reason: string };

export interface ProcessRun {
  readonly outcome: Outcome;
  /** Standard output and error, the first 64 KB of each, or as asked for: the first error is the one that counts. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Bytes of output to keep, 64 KB by default: for programs whose output is data. */
  readonly maxOutputBytes?: number | undefined;
  /**
   * Polled while the process runs. Whenever its value changes the time limit starts anew, so that the limit is one for
   * a step of the work and not for all of it.
   */
  readonly progress?: (() => number) | undefined;
}

const messagesBytes = 64 * 1024;
const pollMs = 100;

/** Gathers a stream up to a bound; the rest is read and dropped, so that the process does not block. */
function gather(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes < maxBytes) chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

/** Runs a program without input, under a time limit. Never rejects: how it ended is part of the result. */
export function runProcess(file: string, args: readonly string[], options: ProcessOptions): Promise<ProcessRun> {
  return new Promise(resolve => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      // Messages of compilers are parsed and shown: the same on every machine.
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = gather(child.stdout, options.maxOutputBytes ?? messagesBytes);
    const stderr = gather(child.stderr, messagesBytes);
    let timedOut = false;
    let last = options.progress?.();
    let since = Date.now();
    const watch = setInterval(() => {
      const now = options.progress?.();
      if (now !== last) {
        last = now;
        since = Date.now();
      }
      if (Date.now() - since < options.timeoutMs) return;
      timedOut = true;
      child.kill('SIGKILL');
    }, pollMs);
    const end = (outcome: Outcome): void => {
      clearInterval(watch);
      resolve({ outcome, stdout: stdout(), stderr: stderr() });
    };
    child.on('error', error => end({ kind: 'not-started', reason: error.message }));
    child.on('close', (code, signal) => {
      if (timedOut) end({ kind: 'timed-out', afterMs: options.timeoutMs });
      else if (code !== null) end({ kind: 'exited', code });
      else end({ kind: 'killed', signal: signal ?? 'unknown' });
    });
  });
}

/** Runs jobs, at most `limit` at a time; results in the order of the jobs. Rejects with the first error. */
export async function inParallel<T>(limit: number, jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = jobs.entries();
  const worker = async (): Promise<void> => {
    for (const [i, job] of queue) results[i] = await job();
  };
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker));
  // All have stopped before the error goes on: none may still write into a directory that is about to vanish.
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return results;
}

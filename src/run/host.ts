import { fail } from '../diagnostics/diagnostic.js';
import { type ProcessRun, runProcess } from '../toolchain/process.js';
import { missingReason } from '../toolchain/tools.js';
import type { Driver } from './driver.js';
import { runBuild } from './run-build.js';
import { type RunPlace, requireSuccess } from './run-outcome.js';

/** Exit code of a sanitizer that found something; none that the harness uses. */
const sanitizerExit = 99;

const sanitizerEnvironment = {
  // No leak check: it needs ptrace, which containers forbid, and nothing here allocates.
  ASAN_OPTIONS: `exitcode=${sanitizerExit}:detect_leaks=0:abort_on_error=0:color=never`,
  UBSAN_OPTIONS: `exitcode=${sanitizerExit}:print_stacktrace=0:halt_on_error=1:color=never`,
};

export interface HostOptions {
  /** With AddressSanitizer and UBSan, or optimised, for thousands of images. */
  readonly sanitize: boolean;
  /** For one vector; by default 60 s. */
  readonly timeoutMs?: number | undefined;
}

/** Runs the generated C on this machine. */
export function createHostDriver({ sanitize, timeoutMs = 60_000 }: HostOptions): Driver {
  return {
    name: 'host',
    unsuited: () => undefined,
    unavailable: () => missingReason('hostCompiler'),
    run: (firmware, vectors, options) => {
      const request = { mode: options.trace ? 'trace' : 'run', platform: { kind: 'host' }, sanitize } as const;
      return runBuild(firmware, request, vectors, options, async (image, files, firstVector) => {
        const run = await runProcess(image, [], {
          cwd: files.directory,
          timeoutMs,
          env: sanitizerEnvironment,
          progress: () => files.finished(),
        });
        const place = { where: 'the host', vector: firstVector + files.finished() };
        requireClean(run, place);
        requireSuccess(run, place);
      });
    },
  };
}

function requireClean({ outcome, stderr }: ProcessRun, { vector }: RunPlace): void {
  if (outcome.kind !== 'exited' || outcome.code !== sanitizerExit) return;
  const finding = /^.*?(?:ERROR: AddressSanitizer: |runtime error: )(.*)$/m.exec(stderr)?.[1];
  const what = finding?.replace(/ on (?:unknown )?address .*$/, '') ?? 'see the text of the sanitizer';
  fail('E0807', `the generated code has undefined behaviour at vector ${vector}: ${what}`, {
    notes: [sanitizerText(stderr)],
  });
}

const maxLines = 16;

/** The text without what differs from run to run: process ids and addresses; frames of our own and of libc dropped. */
function sanitizerText(stderr: string): string {
  return stderr
    .split('\n')
    .filter(line => !/^=+\d*=*$|\(BuildId|__libc_start|_start \(|^\s*$/.test(line))
    .map(line =>
      line
        .replace(/^==\d+==/, '')
        .replace(/\b0x[0-9a-f]{6,}\b/g, '0x...')
        .trimEnd(),
    )
    .slice(0, maxLines)
    .join('\n');
}

/** The generated C under sanitizers. */
export const hostDriver: Driver = createHostDriver({ sanitize: true });

/** The generated C, optimised: for thousands of images. */
export const fastHostDriver: Driver = createHostDriver({ sanitize: false });

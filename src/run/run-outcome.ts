import { fail } from '../diagnostics/diagnostic.js';
import type { Outcome, ProcessRun } from '../toolchain/process.js';

/** What the harness ends with: `enum exit_code` of templates/harness/effnetc_harness/port.h. */
const guards: Readonly<Record<number, string>> = {
  20: 'wrote before the input buffer',
  21: 'wrote after the input buffer',
  22: 'wrote before the output buffer',
  23: 'wrote after the output buffer',
  24: 'changed the input',
};
const files: Readonly<Record<number, string>> = { 10: 'in.bin', 11: 'its results', 12: 'trace.bin' };
const stackOverflow = 30;
/** Plus the exception's number. */
const exceptionBase = 40;

/** Exceptions by number (Armv8-M Architecture Reference Manual, exception numbers), with what usually causes them. */
const exceptions: Readonly<Record<number, readonly [name: string, cause: string]>> = {
  2: ['NMI', 'a non-maskable interrupt, which nothing here asks for'],
  3: [
    'HardFault',
    'an access to memory that is not there, an unaligned access, or an instruction that the core does not know',
  ],
  4: ['MemManage', 'an access that the memory protection forbids'],
  5: ['BusFault', 'an access to memory that is not there'],
  6: ['UsageFault', 'an instruction that the core does not know, or an unaligned access'],
  7: ['SecureFault', 'an access across the security border'],
};

/** Where a run was when it ended, for messages. */
export interface RunPlace {
  /** `QEMU`, `the host`. */
  readonly where: string;
  /** Number of the vector that was running. */
  readonly vector: number;
}

/**
 * Accepts a run of the harness that came to its proper end.
 *
 * @throws CompileError E0804 to E0810 otherwise: what the generated code did, or that the emulator failed
 */
export function requireSuccess({ outcome, stderr }: ProcessRun, place: RunPlace): void {
  if (outcome.kind === 'exited') requireExitCode(outcome.code, stderr, place);
  else failOutcome(outcome, place);
}

function failOutcome(outcome: Exclude<Outcome, { kind: 'exited' }>, { where, vector }: RunPlace): never {
  switch (outcome.kind) {
    case 'timed-out':
      return fail('E0804', `vector ${vector} did not come to an end within ${outcome.afterMs / 1000} s on ${where}`);
    case 'not-started':
      return fail('E0809', `${where} cannot be started: ${outcome.reason}`);
    case 'killed':
      return fail('E0805', `the generated code crashed on ${where} at vector ${vector}: ${outcome.signal}`, {
        // QEMU aborts when the core locks up: a fault in the handler of a fault.
        notes: outcome.signal === 'SIGABRT' ? ['the processor locked up: its stack or its vectors are damaged'] : [],
      });
  }
}

/** @param stderr what the emulator or the sanitizer said */
export function requireExitCode(code: number, stderr: string, { where, vector }: RunPlace): void {
  if (code === 0) return;
  const guard = guards[code];
  if (guard !== undefined) fail('E0806', `the generated code ${guard} at vector ${vector} on ${where}`);
  if (code === stackOverflow) {
    fail('E0810', `the stack overflowed at vector ${vector} on ${where}`, {
      hint: 'profile on a core with more memory to see how much stack the model needs',
    });
  }
  const file = files[code];
  if (file !== undefined) fail('E0808', `the test harness on ${where} cannot read or write ${file}`);
  const exception = exceptions[code - exceptionBase];
  if (exception !== undefined || (code >= exceptionBase && code < exceptionBase + 16)) {
    const [name, cause] = exception ?? [`exception ${code - exceptionBase}`, 'an exception that nothing here asks for'];
    fail('E0805', `the generated code ended with ${name} at vector ${vector} on ${where}`, { notes: [cause] });
  }
  fail('E0809', `${where} failed with exit code ${code}`, { notes: stderr.trim() === '' ? [] : [stderr.trim()] });
}

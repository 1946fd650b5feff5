import type { DiagnosticCode } from '../diagnostics/codes.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { CodeArea } from '../diagnostics/page.js';

/** The exit codes of every command; part of the contract with scripts. */
export const exitCodes = { fine: 0, checkFailed: 1, badInput: 2, toolMissing: 3, internal: 70 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What an error of each hundred ends with. */
const ofArea: Readonly<Record<CodeArea, ExitCode>> = {
  E01: exitCodes.badInput,
  E02: exitCodes.badInput,
  E03: exitCodes.badInput,
  E04: exitCodes.badInput,
  E05: exitCodes.badInput,
  E06: exitCodes.checkFailed, // over budget
  E07: exitCodes.badInput,
  E08: exitCodes.checkFailed, // a build, a run or a comparison
  E09: exitCodes.badInput,
};

/** Codes that end otherwise than their hundred. */
const ofCode: Readonly<Partial<Record<DiagnosticCode, ExitCode>>> = {
  E0801: exitCodes.toolMissing,
};

/** The exit code of an error with this code. */
export function exitCodeOf(code: DiagnosticCode): ExitCode {
  return ofCode[code] ?? ofArea[code.slice(0, 3) as CodeArea];
}

/** Of several errors the one that has to be mended first decides: a missing tool, then bad input, then a check. */
const precedence: readonly ExitCode[] = [exitCodes.toolMissing, exitCodes.badInput, exitCodes.checkFailed];

/** The exit code of a run that ended with these diagnostics; warnings do not count. */
export function exitCodeOfAll(diagnostics: readonly Diagnostic[]): ExitCode {
  const found = new Set(diagnostics.filter(d => d.severity === 'error').map(d => exitCodeOf(d.code)));
  return precedence.find(code => found.has(code)) ?? exitCodes.badInput;
}

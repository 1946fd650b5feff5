import { type CodeEntry, codes, type DiagnosticCode } from './codes.js';

/** What the codes of each hundred are about, in the order of codes.ts. */
export const codeAreas = {
  E01: 'Reading a model description',
  E02: 'Ops, shapes and options',
  E03: 'Weights files and their binding',
  E04: 'Images, labels and calibration',
  E05: 'Numbers that do not fit fixed point',
  E06: 'Memory plan and budgets',
  E07: 'Targets',
  E08: 'Toolchain, emulation and checks',
  E09: 'Command line',
} as const;

export type CodeArea = keyof typeof codeAreas;

/** The codes in ascending order. */
export function sortedCodes(): readonly (readonly [code: DiagnosticCode, entry: CodeEntry])[] {
  const entries = Object.entries(codes) as [DiagnosticCode, CodeEntry][];
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `<model>` would be taken for HTML outside of code spans. */
const markdown = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`');

/** docs/diagnostics.md: what `effnetc explain` says, on one page. */
export function diagnosticsPage(): string {
  const blocks = [
    '# Diagnostics',
    'Every error and warning of effnetc carries a code. `effnetc explain CODE` prints what stands here.\n' +
      'Made from `src/diagnostics/codes/`; `npm run vitest -- test/diagnostics -u` makes it anew.',
  ];
  for (const [area, title] of Object.entries(codeAreas)) {
    blocks.push(`## ${area}xx: ${title}`);
    for (const [code, { title, explanation }] of sortedCodes()) {
      if (code.startsWith(area)) blocks.push(`### ${code}: ${markdown(title)}\n${markdown(explanation)}`);
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

import type { DiagnosticCode } from '../../../src/diagnostics/codes.js';

/** A model description that must be refused. */
export interface RejectCase {
  readonly name: string;
  /** Text of model.ts. */
  readonly source: string;
  /** Further files, by path relative to model.ts. */
  readonly files: Readonly<Record<string, string>>;
  readonly code: DiagnosticCode;
  /** Where the first diagnostic must point; in model.ts unless `file` says otherwise. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const marker = '§';

/** @param marked sources in which a § stands before the place that the diagnostic must point at */
export function rejectCase(
  name: string,
  code: DiagnosticCode,
  marked: string,
  others: Readonly<Record<string, string>> = {},
): RejectCase {
  const all = { 'model.ts': marked, ...others };
  const [file, text] = Object.entries(all).find(([, content]) => content.includes(marker)) ?? ['model.ts', marker];
  const before = text.slice(0, text.indexOf(marker)).split('\n');
  const { 'model.ts': source = '', ...files } = Object.fromEntries(
    Object.entries(all).map(([path, content]) => [path, content.replace(marker, '')]),
  );
  return { name, source, files, code, file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A small model around a body, with whatever of the vocabulary it uses. */
export function model(body: string, top = ''): string {
  const words = [
    'activation',
    'add',
    'argmax',
    'avgPool',
    'batchNorm',
    'binaryConv',
    'conv',
    'depthwiseConv',
    'dense',
    'effnetBlock',
    'flatten',
    'invertedResidual',
    'maxPool',
    'mixConv',
    'mobilenetBlock',
    'shufflenetUnit',
    'squeezeExcite',
    'swish',
    'softmax',
  ];
  const used = words.filter(word => new RegExp(`\\b${word}\\(`).test(body + top));
  const imports = ['defineModel', 'input', ...used].sort().join(', ');
  return `import { ${imports} } from 'effnetc';
${top === '' ? '' : `\n${top}\n`}
export default defineModel('demo', () => {
  let x = input({ height: 8, width: 8, channels: 4 });
${body
  .split('\n')
  .map(line => `  ${line}`)
  .join('\n')}
  return x;
});
`;
}

/** A place in a source text. Lines and columns count from 1, as editors show them. */
export interface Span {
  /** Path as the user gave it or as it was imported, with forward slashes; never absolute in generated files. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline on `line`; at least 1. */
  readonly length: number;
}

/** `model.ts:14:7`, the form that terminals and editors turn into a link. */
export function formatSpan(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`;
}

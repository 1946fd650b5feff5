/** A place in a source text, or in a file that is none. Lines and columns count from 1, as editors show them. */
export interface Span {
  /** Path as the user gave it or as it was imported, with forward slashes; never absolute in generated files. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline on `line`; at least 1. */
  readonly length: number;
  /** The part of a file that is no text, which has no lines that anybody could look at: `operator 3, CONV_2D`. */
  readonly element?: string | undefined;
}

/** `model.ts:14:7`, the form that terminals and editors turn into a link; `model.tflite: operator 3, CONV_2D`. */
export function formatSpan({ file, line, column, element }: Span): string {
  return element === undefined ? `${file}:${line}:${column}` : `${file}: ${element}`;
}

import type { Session } from '../diagnostics/session.js';
import { type InputSet, readInputs } from '../frontend/arrays/images.js';
import type { Node } from '../ir/graph.js';
import { rangeThatPixelsMiss } from '../quantize/inputs.js';

/** In two digits where that is within a hundredth: what holds -1 to 0.996 was meant for -1 to 1. */
function shown(x: number): string {
  const rough = Number(x.toPrecision(2));
  return String(Math.abs(rough - x) <= Math.abs(x) / 100 ? rough : Number(x.toPrecision(3)));
}

/** Warns (E0408) when the model's declared scale shows that pixels mean something else to it. */
export function warnOfPixels(source: Node, session: Session): void {
  const range = rangeThatPixelsMiss(source);
  if (range === undefined) return;
  const [low, high] = range.map(shown);
  session.warning(
    'E0408',
    `pixels do not suit the input: its scale and zero point hold values from ${low} to ${high}`,
    {
      span: source.span,
      hint: `say what the pixels 0 and 255 meant in training: input({ pixels: [${low}, ${high}], ... })`,
    },
  );
}

/** {@link readInputs} for a model's input node, with the warning that pixels may deserve. */
export function readModelInputs(path: string, source: Node, session: Session): InputSet {
  const inputs = readInputs(path, source.type.shape, source.type.dtype === 'i16' ? 'i16' : 'i8');
  if (inputs.kind === 'pixels') warnOfPixels(source, session);
  return inputs;
}

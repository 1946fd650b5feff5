import { fail } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import type { Node } from '../ir/graph.js';
import { declaredQuantisation } from './inputs.js';
import { rangeOf } from './ranges.js';

/** With fewer images a warning is due: ranges and means are then those of what happens to be on them. */
const few = 4;

/** So large a part of all values may lie outside of the input's range: they are clipped, on the device too. */
const mostOutside = 0.1;

/** A value so many times as far out as the input's range is wide is no pixel; it would ruin the ranges of all layers. */
const absurd = 100;

const hint = 'give images such as the network will see, in the units that it was trained with; 100 to 500 are enough';

const isFlat = (image: Float32Array): boolean => image.every(x => x === image[0]);

const areEqual = (a: Float32Array, b: Float32Array): boolean => a.every((x, i) => x === b[i]);

/**
 * Refuses calibration images that would make a bad model without anyone noticing.
 * @param source the float graph's input; images are in real units
 * @throws CompileError E0504 when images do not vary or lie outside of the input's range
 */
export function requireTellingImages(source: Node, images: readonly Float32Array[], session: Session): void {
  const refuse = (message: string, notes: readonly string[]): never =>
    fail('E0504', message, { span: source.span, notes: [...notes], hint });
  const [first] = images;
  if (first.length > 1 && images.every(isFlat)) {
    refuse('the calibration images say nothing of the network: each of them has one value only', [
      `${images.length} ${images.length === 1 ? 'image' : 'images'}, the first one ${first[0]} everywhere`,
    ]);
  }
  if (images.length > 1 && images.every(image => areEqual(image, first))) {
    refuse('the calibration images say nothing of the network: all of them are the same', [`${images.length} images`]);
  }
  requireInside(source, images, refuse);
  if (images.length < few) {
    const count = images.length === 1 ? 'one image' : `${images.length} images`;
    session.warning('E0505', `the network is quantised with ${count} only`, { hint });
  }
}

function requireInside(
  source: Node,
  images: readonly Float32Array[],
  refuse: (message: string, notes: readonly string[]) => never,
): void {
  const declared = declaredQuantisation(source);
  if (declared === undefined) return;
  const [low, high] = rangeOf(declared);
  let [outside, count, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const image of images) {
    for (const x of image) {
      if (x < low - declared.scale || x > high + declared.scale) outside++;
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
    count += image.length;
  }
  const far = Math.max(low - least, most - high) > absurd * (high - low);
  if (outside <= mostOutside * count && !far) return;
  refuse(`the calibration images do not fit the input '${source.name}', which would clip them`, [
    `their values go from ${least} to ${most}, and ${((100 * outside) / count).toFixed(1)} % of them lie outside`,
    `the scale and zero point of the input hold values from ${low} to ${high}`,
  ]);
}

import { fail } from '../diagnostics/diagnostic.js';

/** @throws CompileError E0913 when there are no images, or fewer labels than images */
export function requireLabels(file: string, labels: number, images: number): void {
  if (images === 0) fail('E0913', 'there are no images to evaluate');
  if (labels < images) {
    fail('E0913', `${file} has ${labels} labels for ${images} images`, {
      hint: 'give a label for each image, in the same order, or take fewer images with --limit',
    });
  }
}

import { fail } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';

/** Classes that a model tells apart: its scores, or those among which its last op finds the largest. */
export function classCount(graph: Graph): number {
  const index = new GraphIndex(graph);
  const output = index.node(graph.output);
  const scores = output.type.dtype === 'i32' ? index.inputTypes(output)[0] : output.type;
  return elementCount(scores.shape);
}

/**
 * @param limited labels behind the last image are no mistake, since --limit has left images out
 * @throws CompileError E0913 when there are no images, fewer labels than images, or more
 */
export function requireLabels(file: string, labels: number, images: number, limited: boolean): void {
  if (images === 0) fail('E0913', 'there are no images to evaluate');
  if (labels < images || (labels > images && !limited)) {
    fail('E0913', `${file} has ${labels} labels for ${images} images`, {
      hint: 'give a label for each image, in the same order, or take fewer images with --limit',
    });
  }
}

import type { Node } from '../ir/graph.js';

/** A batch norm as `x * scale[c] + offset[c]`, in double precision. */
export function scaleAndOffset(node: Node): { scale: Float64Array; offset: Float64Array } {
  const { gamma, beta, mean, variance } = node.constants;
  const epsilon = node.attributes.epsilon as number;
  const scale = Float64Array.from(gamma.data, (g, c) => g / Math.sqrt(variance.data[c] + epsilon));
  const offset = Float64Array.from(beta.data, (b, c) => b - mean.data[c] * scale[c]);
  return { scale, offset };
}

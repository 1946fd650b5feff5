import type { FloatGraph } from '../../src/ir/graph.js';
import { constant, type SubByteBits, subByteWidths } from '../../src/ir/tensor.js';
import { int16Activations } from '../../src/quantize/activation-bits.js';
import { needsRange } from '../../src/quantize/choose-ranges.js';
import type { Int16Activations } from '../../src/quantize/int16-ranges.js';
import type { QuantisedModel } from '../../src/quantize/quantise.js';
import { narrowed } from '../ops/sub-byte.js';
import type { Draws } from './draws.js';

/** No, all or some of the layers that can make int16. The input is not among them: its scale is declared, for int8. */
export function someInt16(graph: FloatGraph, draw: Draws): Int16Activations {
  const share = draw.of([0, 0, 0.5, 1]);
  const makers = graph.nodes.filter(node => node.inputs.length > 0 && needsRange(node) && draw.share(share));
  // With a `*` it is a wish, which is not granted where an op takes no int16.
  return int16Activations(
    graph,
    makers.map(({ name }) => ({ pattern: `${name}*`, bits: 16 })),
  );
}

/**
 * Weights that calibration would not come to: all extreme or of any value, many zeros, output channels of nothing else, and in some
 * layers of so few bits.
 */
export function hardWeights(model: QuantisedModel, draw: Draws): QuantisedModel {
  const [zeros, pruned] = [draw.of([0, 0.3, 0.6, 0.95]), draw.of([0, 0.2, 0.7])];
  const nodes = model.graph.nodes.map(node => {
    const { weight } = node.constants;
    if (weight?.dtype !== 'i8') return node;
    const style = draw.of(['quantised', 'extreme', 'any']);
    const dead = draw.onceIn(10) ? 1 : pruned;
    const shares = Array.from({ length: weight.shape[0] }, () => (draw.share(dead) ? 1 : draw.of([0, zeros, zeros])));
    const perChannel = weight.data.length / weight.shape[0];
    const data = Int8Array.from(weight.data, (w, i) => {
      if (draw.share(shares[Math.floor(i / perChannel)])) return 0;
      if (style === 'quantised') return w;
      return style === 'extreme' ? draw.of([-127, 127]) : draw.between(-127, 127);
    });
    return { ...node, constants: { ...node.constants, weight: { ...weight, data } } };
  });
  const widths: readonly (SubByteBits | undefined)[] = [undefined, undefined, ...subByteWidths];
  return narrowed({ ...model, graph: { ...model.graph, nodes } }, () => draw.of(widths));
}

/** Biases that may need more than int32, on some of the layers that read int16: the sums of these have 48 bits. */
export function longBiases(model: QuantisedModel, draw: Draws): QuantisedModel {
  const nodes = model.graph.nodes.map(node => {
    const { bias } = node.constants;
    const wide = node.inputs.some(name => model.activations.get(name)?.bits === 16);
    if (bias?.dtype !== 'i32' || !wide || draw.onceIn(3)) return node;
    const factor = draw.of([1, 1, 16, 256]);
    const data = Float64Array.from(bias.data, b => b * factor + draw.between(-9, 9));
    return { ...node, constants: { ...node.constants, bias: constant('f64', bias.shape, data) } };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}

import { invariant } from '../diagnostics/diagnostic.js';
import { type FloatNetwork, type FloatTensors, isLinear } from '../interpreter/float-network.js';
import { floatOutput } from '../interpreter/linear-layer.js';
import { yieldRegularly } from '../interpreter/yield.js';
import { GraphIndex, type Node } from '../ir/graph.js';
import { type SubByteBits, subByteWidths } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import { resultName } from './choose-ranges.js';
import { bestScale, limitOf, roundTo } from './layers/fit-weight-scales.js';
import { declaredBits, type WeightBits } from './weight-bits.js';

/** What a layer with weights takes and spoils at one width. */
export interface LayerWidth {
  readonly bits: WeightBits;
  /** Noise of the network's result by its signal, when nothing but these weights is rounded. */
  readonly error: number;
  /** Bytes of the weights in flash, without what fills up words. */
  readonly bytes: number;
}

/** The widths of a layer, the widest first: 8 bits, or what the model declares. */
export interface LayerSensitivity {
  readonly layer: string;
  readonly widths: readonly LayerWidth[];
}

/**
 * How much the result of the float network changes when the weights of one layer alone are rounded to each width; measured on
 * `probes`, all tensors of a few images. Weights are rounded to nearest: that ranks layers, though fitted ones lose less.
 */
export async function weightSensitivity(
  network: FloatNetwork,
  probes: readonly FloatTensors[],
  onLayer: (done: number, total: number) => void = () => {},
): Promise<readonly LayerSensitivity[]> {
  const yieldNow = yieldRegularly();
  const layers = network.graph.nodes.filter(isLinear);
  const found: LayerSensitivity[] = [];
  for (const node of layers) {
    const widths: LayerWidth[] = [];
    const widest = declaredBits(node);
    for (const bits of ([8, ...subByteWidths] as const).filter(width => width <= widest)) {
      widths.push({
        bits,
        error: await errorOfWeights(network, probes, rounded(node, bits), yieldNow),
        bytes: Math.ceil((node.constants.weight.data.length * bits) / 8),
      });
    }
    found.push({ layer: node.name, widths });
    onLayer(found.length, layers.length);
  }
  return found;
}

/** The layer with weights that such integers stand for. */
function rounded(node: Node<LinearAttributes>, bits: 8 | SubByteBits): Node<LinearAttributes> {
  const { weight } = node.constants;
  const narrow = bits === 8 ? undefined : bits;
  const length = weight.data.length / weight.shape[0];
  const data = new Float32Array(weight.data.length);
  for (let o = 0; o < weight.shape[0]; o++) {
    const row = weight.data.subarray(o * length, (o + 1) * length);
    let largest = 0;
    for (const w of row) largest = Math.max(largest, Math.abs(w));
    const widest = largest / limitOf(narrow);
    if (widest === 0) continue;
    const scale = narrow === undefined ? widest : bestScale(row, widest, narrow);
    for (const [i, w] of row.entries()) data[o * length + i] = scale * roundTo(w, scale, narrow);
  }
  return { ...node, constants: { ...node.constants, weight: { ...weight, data } } };
}

async function errorOfWeights(
  network: FloatNetwork,
  probes: readonly FloatTensors[],
  node: Node<LinearAttributes>,
  yieldNow: () => Promise<void>,
): Promise<number> {
  const result = resultName(network);
  const [input] = node.inputs;
  const patches = opOf(node).patches?.(node, new GraphIndex(network.graph).node(input).type.shape);
  invariant(patches !== undefined, `'${node.name}' is no linear layer`);
  const compute = floatOutput(node, patches);
  let [signal, noise] = [0, 0];
  for (const probe of probes) {
    const [read, before] = [probe.get(input), probe.get(result)];
    invariant(read !== undefined && before !== undefined, `'${node.name}' was not computed`);
    const after = network.runFrom(probe, new Map([[node.name, compute(read)]])).get(result) ?? before;
    for (let i = 0; i < before.length; i++) {
      signal += before[i] ** 2;
      noise += (after[i] - before[i]) ** 2;
    }
    await yieldNow();
  }
  return signal > 0 ? noise / signal : 0;
}

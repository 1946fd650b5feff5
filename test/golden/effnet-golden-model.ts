import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Attributes, Node } from '../../src/ir/graph.js';
import { constant } from '../../src/ir/tensor.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { GraphBuilder } from '../../src/ops/builder.js';
import { opTable } from '../../src/ops/index.js';
import { plainLinear } from '../../src/ops/shared/linear-attributes.js';
import { lowerModel } from '../../src/quantize/quantise.js';

const layerSchema = z.object({
  name: z.string(),
  op: z.enum(['conv', 'dw', 'maxpool', 'fc']),
  kernel_h: z.int().default(1),
  kernel_w: z.int().default(1),
  pad_h: z.int().default(0),
  pad_w: z.int().default(0),
  stride_h: z.int().default(1),
  stride_w: z.int().default(1),
  in_c: z.int(),
  out_c: z.int(),
  out_zp: z.int(),
  act_min: z.literal(-128),
  act_max: z.literal(127),
  // One number where all channels share it.
  multiplier: z.union([z.array(z.int()), z.int()]).default([]),
  shift: z.union([z.array(z.int()), z.int()]).default([]),
  weights: z.string().optional(),
  bias: z.string().optional(),
  golden: z.string(),
});
type Layer = z.infer<typeof layerSchema>;

const schema = z.object({
  input: z.object({ h: z.int(), w: z.int(), c: z.int(), zero_point: z.int() }),
  layers: z.array(layerSchema),
});

function attributesOf(l: Layer): { kind: string; attributes: Attributes } {
  const window = {
    kernel: [l.kernel_h, l.kernel_w],
    stride: [l.stride_h, l.stride_w],
    padding: [l.pad_h, l.pad_h, l.pad_w, l.pad_w],
  };
  switch (l.op) {
    case 'conv':
      return { kind: 'conv', attributes: { channels: l.out_c, groups: 1, ...window, ...plainLinear({}) } };
    case 'dw':
      return { kind: 'depthwiseConv', attributes: { multiplier: 1, ...window, ...plainLinear({}) } };
    case 'maxpool':
      return { kind: 'maxPool', attributes: window };
    case 'fc':
      return { kind: 'dense', attributes: { units: l.out_c, ...plainLinear({}) } };
  }
}

/** The network of ../shared/data/effnet-golden as integer graph: made by others, layer outputs included. */
export function goldenModel(directory: string, rounding: Rounding) {
  const bytes = (file: string) => readFileSync(join(directory, file));
  const int8 = (file: string) => Int8Array.from(bytes(file), b => (b << 24) >> 24);
  const description = schema.parse(JSON.parse(bytes('model.json').toString('utf8')));
  const builder = new GraphBuilder();
  const { h, w, c, zero_point } = description.input;
  const op = (kind: string) => opTable.get(kind) ?? raise(kind);
  // All scales are one: what a channel multiplies with is then its weight scale alone.
  const activations = new Map([['image', { scale: 1, zeroPoint: zero_point }]]);
  let last: Node = builder.add({ op: op('input'), name: 'image', inputs: [], attributes: { height: h, width: w, channels: c } });
  const constants = new Map<string, Node['constants']>();
  for (const layer of description.layers) {
    const { kind, attributes } = attributesOf(layer);
    last = builder.add({ op: op(kind), name: layer.name, inputs: [last], attributes });
    activations.set(layer.name, { scale: 1, zeroPoint: layer.out_zp });
    if (layer.weights === undefined || layer.bias === undefined) continue;
    const weights = int8(layer.weights);
    const taps = weights.length / layer.out_c;
    // Depthwise weights are HWC there, channel by channel here.
    const ordered = layer.op === 'dw' ? weights.map((_, i) => weights[(i % taps) * layer.out_c + Math.floor(i / taps)]) : weights;
    const bias = bytes(layer.bias);
    const shape = opTable.get(kind)?.quantisedParameters?.(last, [inputShape(builder, last)])[0].shape ?? [];
    constants.set(layer.name, {
      weight: constant('i8', shape, ordered),
      bias: constant('i32', [layer.out_c], Int32Array.from({ length: layer.out_c }, (_, i) => bias.readInt32LE(i * 4))),
      weightScale: constant('f64', [layer.out_c], Float64Array.from({ length: layer.out_c }, (_, o) => at(layer.multiplier, o) * 2 ** (at(layer.shift, o) - 31))),
    });
  }
  const graph = builder.finish('effnet_golden', last);
  const bound = { ...graph, form: 'quantised' as const, nodes: graph.nodes.map(node => ({ ...node, constants: constants.get(node.name) ?? {} })) };
  return { graph: lowerModel({ graph: bound, activations, rounding }), layers: description.layers, int8 };
}

const at = (values: number | readonly number[], i: number) => (typeof values === 'number' ? values : values[i]);

function inputShape(builder: GraphBuilder, node: Node) {
  const found = builder.finish('', node).nodes.find(n => n.name === node.inputs[0]);
  return found?.type.shape ?? raise(node.name);
}

function raise(what: string): never {
  throw new Error(`no ${what}`);
}

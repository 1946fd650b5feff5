import { type FloatGraph, GraphIndex, type Node } from '../../src/ir/graph.js';
import type { Constant, Shape } from '../../src/ir/tensor.js';
import { floats, type ModelSpec, type NodeSpec, type TensorSpec } from './write-onnx.js';

const pick = <T>(node: Node, name: string): T => node.attributes[name] as T;

/** OHWI to OIHW. */
function oihw({ shape, data }: Constant): TensorSpec {
  const [o, h, w, i] = shape;
  const values = new Array<number>(data.length);
  data.forEach((x, at) => {
    const [c, x0, y0, k] = [at % i, Math.floor(at / i) % w, Math.floor(at / i / w) % h, Math.floor(at / i / w / h)];
    values[((k * i + c) * h + y0) * w + x0] = x;
  });
  return floats(values, [o, i, h, w]);
}

/** The rows of a dense layer, whose columns count in NHWC, with columns in NCHW. */
function matrix({ shape: [units], data }: Constant, { height, width, channels }: Shape): TensorSpec {
  const [count, area] = [height * width * channels, height * width];
  const values = Array.from(data, (_, i) => {
    const column = i % count;
    return data[i - column + (column % area) * channels + Math.floor(column / area)];
  });
  return floats(values, [units, count]);
}

const vector = ({ data }: Constant): TensorSpec => floats(Array.from(data));

/** A float graph with bound weights, before any pass, as PyTorch exports such a network: NCHW, batch norms apart, open batch. */
export function onnxOf(graph: FloatGraph): ModelSpec {
  const index = new GraphIndex(graph);
  const constants: Record<string, TensorSpec> = {};
  const nodes: NodeSpec[] = [];
  const [source, ...rest] = graph.nodes;
  const { height, width, channels } = source.type.shape;
  for (const node of rest) {
    const inputs = [...node.inputs];
    const give = (role: string, spec: TensorSpec | undefined) => {
      if (spec === undefined) return;
      constants[`${node.name}.${role}`] = spec;
      inputs.push(`${node.name}.${role}`);
    };
    const emit = (kind: string, attributes: NodeSpec['attributes'] = {}) =>
      nodes.push({ kind, name: `/${node.name}/${kind}`, inputs, outputs: [node.name], attributes });
    const { weight, bias } = node.constants;
    const window = () => {
      const [top, bottom, left, right] = pick<number[]>(node, 'padding');
      return {
        kernel_shape: pick<number[]>(node, 'kernel'),
        strides: pick<number[]>(node, 'stride'),
        pads: [top, left, bottom, right],
      };
    };
    if (node.op === 'conv' || node.op === 'depthwiseConv') {
      give('weight', oihw(weight));
      give('bias', bias && vector(bias));
      const group = node.op === 'conv' ? pick<number>(node, 'groups') : index.inputTypes(node)[0].shape.channels;
      emit('Conv', { ...window(), group });
    } else if (node.op === 'batchNorm') {
      const { gamma, beta, mean, variance } = node.constants;
      for (const [role, constant] of Object.entries({ gamma, beta, mean, variance })) give(role, vector(constant));
      emit('BatchNormalization', { epsilon: { float: pick<number>(node, 'epsilon') } });
    } else if (node.op === 'activation') emit('Relu');
    else if (node.op === 'maxPool') emit('MaxPool', window());
    else if (node.op === 'flatten') emit('Flatten');
    else if (node.op === 'dense') {
      // After a flatten; the network counts its elements in NHWC, and ONNX in NCHW.
      const [flatten] = graph.nodes.filter(({ name }) => name === node.inputs[0]);
      const shape = flatten.op === 'flatten' ? index.inputTypes(flatten)[0].shape : flatten.type.shape;
      give('weight', matrix(weight, shape));
      give('bias', bias && vector(bias));
      emit('Gemm', { transB: 1 });
    } else throw new Error(`no ONNX for ${node.op}`);
  }
  return {
    inputs: [{ name: source.name, dims: ['batch', channels, height, width] }],
    outputs: [{ name: graph.output, dims: ['batch', 10] }],
    nodes,
    constants,
  };
}

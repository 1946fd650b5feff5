import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import { rowBytes } from '../ir/tensor.js';
import type { KernelPlan } from '../kernels/kernel.js';
import { opOf } from '../ops/index.js';
import { sameRow } from '../ops/shared/window.js';
import type { RowLayer, RowProgram, RowTensor } from './row-program.js';

/**
 * The graph as rows: a tensor per node, and a layer per node that has a kernel, in the order of the graph.
 *
 * @param kernels the chosen kernel of each layer, by node name
 */
export function programOf(graph: IntegerGraph, kernels: ReadonlyMap<string, KernelPlan>): RowProgram {
  const index = new GraphIndex(graph);
  const numbers = new Map(graph.nodes.map(({ name }, i) => [name, i]));
  const tensors = graph.nodes.map(
    (node): RowTensor => ({
      name: node.name,
      rows: node.type.shape.height,
      rowBytes: rowBytes(node.type),
      home: node.name === graph.output ? 'output' : kernels.has(node.name) ? 'arena' : 'input',
    }),
  );
  const layers = graph.nodes.flatMap((node): RowLayer[] => {
    const kernel = kernels.get(node.name);
    return kernel === undefined ? [] : [layerOf(node, kernel, index, numbers)];
  });
  return { tensors, layers };
}

function layerOf(node: Node, kernel: KernelPlan, index: GraphIndex, numbers: ReadonlyMap<string, number>): RowLayer {
  const shapes = index.inputTypes(node).map(type => type.shape);
  const accumulates = kernel.sumsBytes !== undefined;
  const windows = accumulates ? [sameRow] : (opOf(node).rowWindows(node, shapes) ?? []);
  return {
    name: node.name,
    inputs: node.inputs.map((name, i) => ({
      tensor: numbers.get(name) ?? 0,
      window: windows[i],
      overlay: kernel.overlays?.[i],
    })),
    output: numbers.get(node.name) ?? 0,
    steps: accumulates ? shapes[0].height : node.type.shape.height,
    makes: accumulates ? 'last' : 'each',
    stateBytes: kernel.sumsBytes ?? 0,
    scratchBytes: kernel.scratchBytes ?? 0,
  };
}

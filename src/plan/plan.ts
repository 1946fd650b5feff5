import type { Graph, Node } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import { liveBytes, rowLifetimes } from './lifetimes.js';
import { placeBlocks } from './place.js';
import { heightOf, type Layer, layerByLayer, type Step } from './steps.js';

/** Where a tensor lies in the arena: `height` rows, one behind the other. */
export interface BufferPlacement {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  /** First and last layer that needs it, by index. */
  readonly firstLayer: number;
  readonly lastLayer: number;
}

/** Everything about time and memory that the generated code needs. */
export interface Plan {
  readonly layers: readonly Layer[];
  readonly steps: readonly Step[];
  readonly buffers: readonly BufferPlacement[];
  readonly arenaBytes: number;
  /** Peak of live row bytes over the steps, in bytes. */
  readonly boundBytes: number;
  /** The layer during which most buffer bytes are taken. */
  readonly peak: { readonly node: Node; readonly bytes: number };
}

/** Plans an integer graph layer by layer, each tensor whole, placed by lifetime. */
export function planGraph(graph: Graph): Plan {
  const layers = graph.nodes.flatMap((node): Layer[] => {
    const op = opTable.get(node.op);
    if (op === undefined || op.traits.source) return [];
    const inputs = node.inputs.map(name => shapeOf(graph, name));
    return [{ node, window: op.rowWindows(node, inputs)[0] }];
  });
  const steps = layerByLayer(layers);
  const lifetimes = rowLifetimes(graph, layers, steps);
  const live = liveBytes(lifetimes, steps.length);
  const blocks = lifetimes.map(({ name, rowBytes, made, lastRead }) => ({
    name,
    bytes: rowBytes * made.length,
    from: steps[Math.min(...made)].layer,
    to: steps[Math.max(...lastRead)].layer,
  }));
  const placement = placeBlocks(blocks);
  const taken = layers.map((_, layer) =>
    blocks.filter(b => b.from <= layer && layer <= b.to).reduce((sum, b) => sum + b.bytes, 0),
  );
  const peakLayer = taken.indexOf(Math.max(...taken));
  return {
    layers,
    steps,
    buffers: blocks.map(b => ({
      name: b.name,
      offset: placement.offsets.get(b.name) ?? 0,
      bytes: b.bytes,
      firstLayer: b.from,
      lastLayer: b.to,
    })),
    arenaBytes: placement.bytes,
    boundBytes: live.reduce((a, b) => Math.max(a, b), 0),
    peak: { node: layers[peakLayer].node, bytes: taken[peakLayer] },
  };
}

function shapeOf(graph: Graph, name: string) {
  const found = graph.nodes.find(node => node.name === name);
  return found?.type.shape ?? { height: heightOf(graph, name), width: 0, channels: 0 };
}

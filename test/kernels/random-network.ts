import { join } from 'node:path';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import type { Node } from '../../src/ir/graph.js';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { eliminateChannelsBy } from '../../src/passes/eliminate-channels.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import {
  type CompiledModel,
  type CompileOptions,
  compileModel,
  type LoadedModel,
  reduceFor,
} from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { allOf } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { buildModel } from '../ops/models.js';
import { Draws } from './draws.js';
import { hardWeights, longBiases, someInt16 } from './mixed-types.js';
import { randomLayers } from './random-layers.js';

export const targets = ['cortex-m4', 'cortex-m0', 'cortex-m3', 'cortex-m55', 'cortex-m33', 'host'] as const;
export const goals = ['balanced', 'size', 'ram', 'speed'] as const;

export interface RandomNetwork {
  /** Its layers and how it was compiled, for whoever looks into a failure. */
  readonly text: string;
  /** With all channels. */
  readonly all: LoadedModel;
  readonly compiled: CompiledModel;
  /** What is tested by it: that each of them is, in some network, is for the test to see. */
  readonly kinds: readonly string[];
}

const attempts = 10;

/** Sums that leave int32 or int48, factors that no fixed point has, types that an op does not take: random parameters come to that. */
const refusals = ['E0501', 'E0502', 'E0508'];

/** A network of mixed types, compiled in a random way for the core that is the seed's turn. What the compiler refuses is drawn again. */
export async function randomNetwork(seed: number): Promise<RandomNetwork> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      return await attemptNetwork(seed, attempt);
    } catch (error) {
      const refused = error instanceof CompileError && error.diagnostics.every(({ code }) => refusals.includes(code));
      if (!refused) throw error;
    }
  }
  throw new Error(`seed ${seed}: the compiler refuses all networks`);
}

async function attemptNetwork(seed: number, attempt: number): Promise<RandomNetwork> {
  const draw = new Draws(`network ${seed}, ${attempt}`);
  const { input, body } = randomLayers(draw);
  const rounding = draw.of(roundings);
  const target = loadTarget(targets[seed % targets.length]);
  // The header wants a file to hash; any will do.
  const source = { model: join(packageRoot(), 'package.json') };
  const { fused, images } = await buildModel(`z${seed}`, input, body, seed * attempts + attempt);
  const quantised = quantiseGraph(fused, await calibrate(fused, images), rounding, someInt16(fused, draw));
  const hard = longBiases(hardWeights(quantised, draw), draw);
  const all: LoadedModel = { graph: runPasses(lowerModel(hard), integerPasses), rounding, source };

  const optimize = draw.of(goals);
  const [entry, consumeInput] = draw.of([
    ['infer', false],
    ['infer', true],
    ['push-row', false],
  ] as const);
  const loaded = draw.of([
    () => all,
    () => reduceFor(all, target, { optimize, consumeInput }),
    () => reducedAnyway(all, 1),
    () => reducedAnyway(all, draw.of([2, 4])),
  ])();
  const anyKernels = draw.onceIn(3);
  const choose: CompileOptions['choose'] = layers =>
    new Map(layers.map(layer => [layer.node.name, { rows: draw.of(allOf(layer)).plan }]));
  const options = { optimize, entry, consumeInput, choose: anyKernels ? choose : undefined };
  const how = [target.name, rounding, optimize, consumeInput ? 'consume-input' : entry];
  const compiled = compileModel(loaded, target, '0.0.0', options);
  return {
    text: `${how.join(', ')}: ${input}: ${body}`,
    all,
    compiled,
    kinds: [
      ...how,
      ...(anyKernels ? ['any kernels'] : []),
      ...(loaded === all ? [] : ['fewer channels']),
      ...new Set(loaded.graph.nodes.flatMap(kindsOf)),
      ...new Set(compiled.plan.layers.map(({ kernel }) => kernel.template)),
    ],
  };
}

/** Without channels that a target would rather keep: odd numbers of them are the hard ones. */
function reducedAnyway(all: LoadedModel, grain: number): LoadedModel {
  const graph = eliminateChannelsBy(grain).run(all.graph);
  return graph === all.graph ? all : { ...all, graph, whole: all.graph };
}

/** What the kernel of a layer has to deal with. */
function kindsOf({ constants: { weight, bias }, type }: Node): readonly string[] {
  return [
    ...(type.dtype === 'i16' ? ['int16'] : []),
    ...(weight?.bits === undefined ? [] : [`weights of ${weight.bits} bits`]),
    ...(weight?.dtype === 'i8' && weight.data.filter(w => w === 0).length > weight.data.length / 4 ? ['zeros'] : []),
    ...(bias?.dtype === 'f64' ? ['biases of 48 bits'] : []),
  ];
}

import type { IntegerGraph } from '../ir/graph.js';
import { printGraph } from '../ir/print.js';
import { verifyGraph } from '../ops/verify.js';
import { integerPasses, runPasses } from '../passes/index.js';
import { lowerModel, type QuantisedModel } from '../quantize/quantise.js';
import { Pipeline, type Stage } from './stage.js';

/** What is loaded: a quantised model, wherever it comes from. */
export interface QuantisedState {
  readonly quantised: QuantisedModel;
}

interface IntegerState {
  readonly graph: IntegerGraph;
}

/** The first stage is a front end: `load.ts` has one for each kind of file. */
export const load: Stage<{ read(): QuantisedModel }, QuantisedState> = {
  name: 'load',
  does: 'reads model and weights into a quantised graph, float passes included',
  run: ({ read }) => ({ quantised: read() }),
  print: ({ quantised: { graph, activations } }) =>
    printGraph(graph) +
    [...activations].map(([name, { scale, zeroPoint }]) => `# ${name}: scale ${scale} zero ${zeroPoint}\n`).join(''),
};

const lower: Stage<QuantisedState, IntegerState> = {
  name: 'lower',
  does: 'makes the integer graph of it, bounds accumulators and folds zero points into biases',
  run: ({ quantised }) => ({ graph: verifyGraph(lowerModel(quantised), 'lower') }),
  print: ({ graph }) => printGraph(graph),
};

const passes: Stage<IntegerState, IntegerState> = {
  name: 'integer-passes',
  does: 'runs the passes on the integer graph that suit every target',
  run: ({ graph }) => ({ graph: runPasses(graph, integerPasses) }),
  print: ({ graph }) => printGraph(graph),
};

/** From files to the integer graph. */
export const lowering = Pipeline.of<{ read(): QuantisedModel }>().with(load).with(lower).with(passes);

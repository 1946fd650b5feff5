import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import { quantisedExample } from '../e2e/demo-network.js';

/** The networks of the benchmark, by the name of their file, and where each is measured. */
export const benchmarks: readonly {
  readonly file: string;
  readonly targets: readonly string[];
  readonly load: () => Promise<LoadedModel>;
}[] = [
  {
    file: 'effnet-cifar10',
    targets: ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55'],
    // Calibrated as `npm run demo` does.
    load: () => quantisedExample('model.ts', 'effnet_relu.npz', 'native', 512),
  },
  { file: 'resnet8-shape', targets: ['cortex-m4'], load: () => shape('resnet8') },
  { file: 'ds-cnn-shape', targets: ['cortex-m4'], load: () => shape('ds-cnn') },
];

const shape = (name: string): Promise<LoadedModel> =>
  randomModel(`${packageRoot()}/examples/shapes/${name}.ts`, { seed: 1 }, new Session());

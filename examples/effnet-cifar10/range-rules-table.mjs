/**
 * Prints the table of range rules in docs/quantising.md: both EffNets are quantised with the first 256 calibration images by each
 * rule, and held against the float network on the other 256. `npm run range-rules-table`, or with a part of the work:
 * `-- effnet_relu best,mse`.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noProgress } from '../../dist/cli/progress.js';
import { runOutputs } from '../../dist/cli/run-outputs.js';
import { Session } from '../../dist/diagnostics/session.js';
import { inputAt, readInputs, readLabels } from '../../dist/frontend/arrays/images.js';
import { loadedModel, loadFloatModel, quantiseModel, sourceOf } from '../../dist/pipeline.js';
import { FloatNetwork } from '../../dist/quantize/float-network.js';
import { inputMeaning, toQuantised, toReal } from '../../dist/quantize/inputs.js';

const here = dirname(fileURLToPath(import.meta.url));
const all = join(here, '..', '..', '..', 'shared', 'data', 'cifar10');
const test = existsSync(join(all, 'test_images.npy')) ? all : join(here, 'data');

const models = { effnet_relu: 'model.ts', effnet_leaky_postbn: 'leaky-postbn.ts' };
const variants = {
  best: {},
  mse: { ranges: 'mse' },
  'min-max': { ranges: 'min-max' },
  percentile: { ranges: 'percentile' },
  entropy: { ranges: 'entropy' },
  'weights by mse': { fitWeightScales: true },
  'mse, weights by mse': { ranges: 'mse', fitWeightScales: true },
};

const classOf = values => values.indexOf(values.reduce((a, b) => Math.max(a, b)));
const slice = (set, from, to) => {
  const size = set.data.length / set.count;
  return { ...set, count: to - from, data: set.data.subarray(from * size, to * size) };
};

const session = new Session();
const io = { session, progress: noProgress, version: '', cwd: here, env: {}, json: true };
const [names, wanted] = process.argv.slice(2).map(part => part.split(','));
const calibration = readInputs(join(here, 'data', 'calibration_images.npy'));
const half = calibration.count / 2;
const [fitted, held] = [slice(calibration, 0, half), slice(calibration, half, calibration.count)];
const images = readInputs(join(test, 'test_images.npy'));
const labels = readLabels(join(test, 'test_labels.npy'), { classes: 10 });

for (const name of names ?? Object.keys(models)) {
  const model = join(here, models[name]);
  const graph = await loadFloatModel({ model, weights: join(here, `${name}.npz`) }, session);
  const meaning = inputMeaning(sourceOf(graph));
  const network = new FloatNetwork(graph);
  const exact = Array.from({ length: held.count }, (_, i) =>
    network.run(toReal(held.kind, inputAt(held, i), meaning)).get(graph.output),
  );
  const vectors = [held, images].flatMap(set =>
    Array.from({ length: set.count }, (_, i) => new Uint8Array(toQuantised(set.kind, inputAt(set, i), meaning).buffer)),
  );
  console.log(`| ${name} | dB, held out | agrees, held out, % | accuracy, % |\n|---|--:|--:|--:|`);
  for (const variant of wanted ?? Object.keys(variants)) {
    const quantised = await quantiseModel(graph, fitted, variants[variant], session);
    const outputs = await runOutputs(io, loadedModel(quantised, { model }), 'host', 'cortex-m4', vectors);
    const results = outputs.map(bytes => new Int8Array(bytes));
    const { scale, zeroPoint } = quantised.activations.get(graph.output);
    let [signal, noise] = [0, 0];
    for (const [i, values] of exact.entries()) {
      for (const [c, x] of values.entries()) {
        signal += x ** 2;
        noise += (scale * (results[i][c] - zeroPoint) - x) ** 2;
      }
    }
    const agreeing = exact.filter((values, i) => classOf(values) === classOf(results[i])).length;
    const correct = labels.reduce((sum, label, i) => sum + (classOf(results[held.count + i]) === label ? 1 : 0), 0);
    const cells = [10 * Math.log10(signal / noise), (100 * agreeing) / held.count, (100 * correct) / images.count];
    console.log(`| \`${variant}\` | ${cells.map(cell => cell.toFixed(2)).join(' | ')} |`);
  }
}

/**
 * Prints the table of docs/quantising.md: accuracy of both EffNets in int8 by number of calibration images and by switches of
 * `effnetc quantize`. `npm run quantisation-table`, or with a part of the work: `-- effnet_relu 64,128 default,plain`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', '..', 'dist', 'cli', 'main.js');
const all = join(here, '..', '..', '..', 'shared', 'data', 'cifar10');
const test = existsSync(join(all, 'test_images.npy')) ? all : join(here, 'data');

const models = { effnet_relu: 'model.ts', effnet_leaky_postbn: 'leaky-postbn.ts' };

const plain = ['--no-equalise', '--no-rounding-search', '--bias-correction', 'none', '--ranges', 'mse'];
const variants = {
  default: [],
  plain,
  'without equalisation': ['--no-equalise'],
  'without search of roundings': ['--no-rounding-search'],
  'without bias correction': ['--bias-correction', 'none'],
  'analytic bias correction': ['--bias-correction', 'analytic'],
  'ranges by mse alone': ['--ranges', 'mse'],
  'weight ranges by mse': ['--weight-ranges', 'mse'],
  'tflite rounding': ['--rounding', 'tflite'],
};

function effnetc(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`effnetc ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

const [names, counts, wanted] = process.argv.slice(2).map(part => part.split(','));
const images = counts ?? ['64', '128', '256', '512'];
const directory = mkdtempSync(join(tmpdir(), 'effnetc-table-'));
try {
  for (const name of names ?? Object.keys(models)) {
    const model = join(here, models[name]);
    console.log(`| ${name} | ${images.join(' | ')} |\n|---|${images.map(() => '--:|').join('')}`);
    for (const variant of wanted ?? Object.keys(variants)) {
      const cells = images.map(count => {
        const weights = join(directory, 'q.safetensors');
        const calibration = join(here, 'data', 'calibration_images.npy');
        const given = ['--weights', join(here, `${name}.npz`), '--calibration', calibration, '--limit', count];
        effnetc('quantize', model, ...given, ...variants[variant], '-o', weights);
        const labelled = ['--images', join(test, 'test_images.npy'), '--labels', join(test, 'test_labels.npy')];
        const { accuracy } = effnetc('evaluate', model, '--weights', weights, ...labelled, '--driver', 'host');
        return (100 * accuracy).toFixed(2);
      });
      console.log(`| ${variant} | ${cells.join(' | ')} |`);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}

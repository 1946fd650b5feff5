import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../src/diagnostics/session.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { type LoadedModel, randomModel } from '../../src/pipeline/index.js';

/**
 * The layers that costs are fitted to: groups of networks, each of which begins at the same input of 12 x 16 x 4 and ends in 4
 * sums. None of them is of a network that the predictions are tested with.
 *
 * `conv 16 3x3 s2x1 same relu`: channels, kernel, stride, padding, activation. `add`: of what the last two convs made.
 */
const groups: Readonly<Record<string, readonly (readonly string[])[]>> = {
  convs: [
    ['conv 16 1x1 relu', 'conv 32 1x1', 'conv 24 1x1 relu', 'conv 64 1x1 s2x1 relu', 'conv 96 1x1 relu'],
    ['conv 48 1x1 s1x2 relu', 'conv 20 1x1', 'conv 4 1x1 relu', 'conv 12 1x1'],
    ['conv 32 1x4 s2x2 relu', 'conv 64 1x1', 'conv 160 1x1 relu', 'conv 16 1x1 s1x2 relu', 'conv 36 1x1 relu'],
    ['conv 8 1x1 relu', 'conv 8 2x2 s2x2 relu', 'conv 128 1x1 relu', 'conv 64 2x1 s2x1 relu'],
    [
      'conv 8 3x3 same relu',
      'conv 16 3x3 same relu',
      'conv 24 3x3 s2x2 same relu',
      'conv 32 1x3 same',
      'conv 32 3x1 same relu',
    ],
    ['conv 12 2x2 relu', 'conv 20 1x2 s1x2 relu', 'conv 24 3x3 relu', 'conv 40 2x1 s2x1', 'conv 32 2x2 same relu'],
    ['conv 6 5x5 same relu', 'conv 16 4x4 s2x2 relu', 'conv 24 5x3 same relu', 'conv 16 3x5 relu'],
    ['conv 13 1x2 relu', 'conv 7 3x3 same relu', 'conv 21 1x3 same relu', 'conv 18 3x1 relu', 'conv 50 1x1 s2x2 relu'],
  ],
  thin: [
    ['conv 1 1x1', 'conv 8 3x3 same relu', 'conv 12 2x1 s2x1'],
    ['conv 1 1x1', 'conv 12 7x3 s2x2 same relu'],
    ['conv 1 1x1 s1x2', 'conv 6 9x5 same relu', 'dw 2x2'],
    ['conv 2 1x1', 'conv 8 3x3 same relu', 'conv 8 1x1 s2x2'],
    ['conv 3 1x1', 'conv 8 5x5 s2x2 same relu', 'conv 3 3x3 same'],
    ['conv 5 1x2', 'conv 8 5x2 s2x1 same relu'],
    ['conv 1 1x1', 'conv 8 12x1 same relu'],
  ],
  depthwise: [
    ['conv 16 1x1 relu', 'dw 3x3 same relu', 'dw 1x3 same relu', 'dw 3x1 same', 'conv 32 1x1 relu', 'dw 5x5 same relu'],
    ['conv 64 1x1 relu', 'dw 3x3 s2x2 same relu', 'dw 1x3 same relu', 'dw 3x1 same relu', 'dw 1x1', 'dw 2x2 relu'],
    ['dw 3x3 same relu', 'conv 96 1x2 s2x1 relu', 'dw 3x3 relu', 'conv 24 1x1 relu', 'dw 1x2 relu', 'dw 3x3 same relu'],
    ['conv 128 1x1 s2x2 relu', 'dw 1x3 same', 'dw 3x1 same relu', 'dw 3x3 same relu', 'dw 2x1 relu'],
    ['conv 20 1x2 relu', 'dw 3x3 same relu', 'dw 1x5 same relu', 'dw 3x1 same relu', 'dw 3x3 s2x2 same relu'],
    ['conv 13 1x2 relu', 'dw 3x3 same relu', 'dw 1x3 same', 'dw 2x2 s1x2 relu', 'conv 50 1x1 relu', 'dw 3x1 same relu'],
    ['dw 1x3 same', 'dw 2x2', 'dw 3x1 same relu', 'dw 7x1 same', 'dw 3x3 s1x2 relu'],
  ],
  pools: [
    [
      'conv 16 1x1',
      'maxPool 1x2 s1x1',
      'maxPool 2x1 s1x1',
      'maxPool 2x2 s1x1',
      'maxPool 3x3 s1x1 same',
      'maxPool 1x2 s1x2',
    ],
    [
      'conv 40 1x1',
      'maxPool 2x2 s1x1 same',
      'avgPool 2x2 s1x1',
      'avgPool 3x1 s1x1 same',
      'maxPool 2x1 s2x1',
      'avgPool 1x3 s1x1',
    ],
    ['conv 20 1x1', 'maxPool 1x3 s1x1 same', 'avgPool 2x2 s2x2', 'maxPool 1x1 s1x1', 'avgPool 2x1', 'maxPool 2x2 s1x1'],
    ['conv 7 1x2', 'maxPool 2x2 s1x1', 'maxPool 1x2 s1x1', 'maxPool 3x3 s1x1 same', 'maxPool 3x3 s2x2 same'],
    ['conv 50 1x1 s2x2', 'maxPool 2x1 s1x1', 'maxPool 1x2 s1x1 same', 'avgPool 1x2 s1x1 same', 'avgPool 5x5 s1x1 same'],
    ['maxPool 2x2 s2x2', 'maxPool 1x2 s1x2', 'avgPool 3x3 s1x1 same'],
    ['conv 16 1x1', 'conv 16 1x1', 'add'],
    ['conv 40 1x1 s2x2', 'conv 40 1x1', 'add'],
    ['conv 3 1x1', 'conv 3 1x1', 'add'],
    ['conv 32 1x1 s2x1 relu', 'avgPool', 'dense 10', 'softmax'],
    ['conv 90 1x1 s3x1 relu', 'avgPool', 'softmax'],
    ['conv 7 1x1 s1x4 relu', 'avgPool', 'dense 24'],
    ['conv 20 1x1 relu', 'avgPool', 'dense 6'],
    ['flatten', 'softmax'],
    ['conv 8 1x1 s2x2', 'flatten', 'softmax'],
  ],
  dense: [
    ['conv 16 1x1 s1x2 relu', 'dense 64', 'dense 33', 'dense 128', 'dense 20', 'dense 10', 'softmax'],
    ['conv 24 1x1 s2x4 relu', 'dense 96', 'dense 5', 'softmax'],
    ['conv 8 1x1 s4x8', 'dense 30', 'dense 50', 'softmax'],
    ['conv 40 1x1 s3x4 relu', 'dense 12'],
    ['conv 60 1x1 s6x2 relu', 'dense 7'],
    ['dense 10'],
    ['conv 12 12x1 relu', 'dense 24'],
  ],
  // What differs under the other rules is what a requantised value takes: a few layers of each kind show it.
  rules: [
    ['conv 16 1x2 relu', 'conv 24 1x1 relu', 'conv 32 3x3 s2x2 same relu', 'dense 24', 'dense 9'],
    [
      'conv 16 1x1 s1x2 relu',
      'dw 3x3 same relu',
      'dw 1x3 same relu',
      'dw 3x1 same relu',
      'dw 5x5 same relu',
      'conv 13 1x1 relu',
    ],
    ['conv 13 1x2 relu', 'dw 3x3 same relu', 'conv 50 1x1 s2x2', 'conv 21 1x1'],
    ['conv 16 1x1 leaky', 'dw 3x3 same leaky', 'conv 24 2x1 s2x1 leaky', 'dw 1x3 same leaky', 'dense 12', 'leaky'],
    [
      'conv 16 1x1 leaky norm',
      'dw 3x3 same leaky norm',
      'conv 24 2x1 s2x1 leaky norm',
      'dw 1x3 same leaky norm',
      'dense 5',
    ],
    ['conv 16 1x1 g2 relu', 'conv 32 3x3 g4 same relu', 'dw 3x3 same m2 relu', 'conv 16 1x1', 'conv 16 1x1', 'add'],
    ['conv 24 1x1 s2x4 relu', 'avgPool', 'dense 10', 'softmax'],
  ],
  rest: [
    [
      'conv 16 1x1 g2 relu',
      'conv 32 3x3 g4 same relu',
      'conv 16 1x3 g8 same',
      'conv 24 2x2 g8 relu',
      'conv 48 1x1 g3 relu',
    ],
    ['conv 8 1x1', 'conv 8 3x1 g4 relu', 'dw 3x3 same m2 relu', 'dw 1x1 m3', 'dw 1x3 same m2 relu', 'dw 2x2 s2x2 m2'],
    ['conv 16 1x1 leaky', 'conv 24 3x3 same leaky', 'dw 3x3 same leaky', 'dw 1x3 same leaky', 'conv 32 2x1 s2x1 leaky'],
    ['conv 20 1x2 leaky', 'dw 3x1 same leaky', 'conv 36 1x1 leaky', 'dw 2x2 leaky', 'dense 12', 'leaky'],
    ['conv 16 1x1 leaky norm', 'conv 24 3x3 same leaky norm', 'dw 3x3 same leaky norm', 'dw 1x3 same leaky norm'],
    ['conv 20 1x2 leaky norm', 'dw 3x1 same leaky norm', 'conv 36 2x1 s2x1 leaky norm', 'dw 2x2 leaky norm'],
    ['conv 9 3x3 leaky', 'dw 3x3 same leaky norm', 'conv 10 1x1 leaky norm', 'dense 7', 'leaky', 'norm'],
  ],
};

export const calibrationCases: readonly { readonly group: string; readonly rounding: Rounding }[] = [
  ...Object.keys(groups)
    .filter(group => group !== 'rules')
    .map(group => ({ group, rounding: 'native' as const })),
  ...(['tflite', 'tflite-single'] as const).map(rounding => ({ group: 'rules', rounding })),
];

/** The networks of a group as one, with weights that are the same on every machine. */
export async function calibrationNetwork(group: string, rounding: Rounding): Promise<LoadedModel> {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-costs-'));
  try {
    const file = join(directory, 'model.ts');
    writeFileSync(file, modelText(group, groups[group]));
    const loaded = await randomModel(file, { seed: 1 }, new Session(), rounding);
    // The header of the C names a file that is still there when it is made.
    return { ...loaded, source: { ...loaded.source, model: join(packageRoot(), 'package.json') } };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function modelText(name: string, networks: readonly (readonly string[])[]): string {
  const text = networks
    .map((layers, i) => {
      const lines = ['  x = image;', ...layers.flatMap(layer => layerLines(layer, layers.includes('add')))];
      return [...lines, '  x = dense(x, { units: 4 });', i === 0 ? '  let sum = x;' : '  sum = add(sum, x);'].join(
        '\n',
      );
    })
    .join('\n');
  const used = words.filter(word => text.includes(`${word}(`));
  return `import { ${['defineModel', 'input', ...used].join(', ')} } from 'effnetc';
export default defineModel('${name}', () => {
  const image = input({ height: 12, width: 16, channels: 4, scale: 1 / 64, zeroPoint: 3 });
  let x = image;
${text.includes('before') ? '  let before = x;\n  let now = x;\n' : ''}${text}
  return argmax(sum);
});
`.replace('import {', 'import { argmax,');
}

const words = [
  'activation',
  'add',
  'avgPool',
  'batchNorm',
  'conv',
  'dense',
  'depthwiseConv',
  'flatten',
  'maxPool',
  'softmax',
];

function layerLines(layer: string, adds: boolean): string[] {
  const [kind, ...words] = layer.split(' ');
  const pair = (prefix: string): string | undefined => {
    const found = words.find(word => new RegExp(`^${prefix}\\d+x\\d+$`).test(word));
    return found?.slice(prefix.length).replace('x', ', ');
  };
  const number = (prefix: string): string | undefined =>
    words.find(word => new RegExp(`^${prefix}\\d+$`).test(word))?.slice(prefix.length);
  const options = [
    kind === 'conv' ? `channels: ${number('')}` : kind === 'dense' ? `units: ${number('')}` : '',
    pair('') === undefined ? '' : `kernel: [${pair('')}]`,
    pair('s') === undefined ? '' : `stride: [${pair('s')}]`,
    words.includes('same') ? "padding: 'same'" : '',
    number('g') === undefined ? '' : `groups: ${number('g')}`,
    number('m') === undefined ? '' : `multiplier: ${number('m')}`,
  ].filter(option => option !== '');
  const op = kind === 'dw' ? 'depthwiseConv' : kind;
  const after = [
    words.includes('relu') ? "  x = activation(x, 'relu');" : '',
    words.includes('leaky') || kind === 'leaky' ? "  x = activation(x, { kind: 'leakyRelu', slope: 0.2 });" : '',
    words.includes('norm') || kind === 'norm' ? '  x = batchNorm(x);' : '',
  ].filter(line => line !== '');
  if (kind === 'leaky' || kind === 'norm') return after;
  const remember = adds && kind === 'conv' ? ['  before = now;', '  now = x;'] : [];
  if (kind === 'add') return ['  x = add(before, now);'];
  const call = options.length === 0 ? `${op}(x)` : `${op}(x, { ${options.join(', ')} })`;
  return [`  x = ${call};`, ...after, ...remember];
}

import { type Command, Option } from 'commander';
import { subByteWidths } from '../ir/tensor.js';
import type { ActivationBitsRule } from '../quantize/activation-bits.js';
import { type BiasCorrection, biasCorrections } from '../quantize/layers/index.js';
import type { LayerQuality } from '../quantize/quality.js';
import type { QuantiseOptions } from '../quantize/quantise-model.js';
import { rangeRules } from '../quantize/ranges.js';
import type { WeightBitsRule } from '../quantize/weight-bits.js';
import type { BitsGoalOptions } from './bits-goal.js';
import { bitsRules, byteCount, oneOf, percentage, sharedOptions } from './options.js';
import type { JsonObject } from './output.js';

/** The switches of `effnetc quantize`, as commander gives them. */
export interface QuantizeSwitches extends BitsGoalOptions {
  readonly ranges: string;
  readonly weightRanges: 'max' | 'mse';
  readonly equalise: boolean;
  readonly roundingSearch: boolean;
  readonly biasCorrection: BiasCorrection;
  readonly weightBits?: readonly WeightBitsRule[];
  readonly activationBits?: readonly ActivationBitsRule[];
}

const rangeNames = ['best', ...rangeRules.map(rule => rule.name)];
const weightRanges = ['max', 'mse'] as const;

/** Adds the switches to a command; where none is given it does what docs/quantising.md found to be best. */
export function addQuantizeSwitches(command: Command): Command {
  return command
    .addOption(
      new Option('--ranges <rule>', `ranges of activations: ${rangeNames.join(', ')}`)
        .argParser(oneOf('--ranges', rangeNames))
        .default('best'),
    )
    .addOption(
      new Option('--weight-ranges <rule>', `ranges of weights per channel: ${weightRanges.join(', ')}`)
        .argParser(oneOf('--weight-ranges', weightRanges))
        .default('max'),
    )
    .addOption(
      new Option(
        '--weight-bits <rules>',
        'bits of weights by layer names: *.pw=4,block1.pw=8; the last that fits counts',
      ).argParser(bitsRules('--weight-bits', [8, ...subByteWidths])),
    )
    .addOption(
      new Option(
        '--activation-bits <rules>',
        'bits of what layers make, by their names: block1.*=16; the last that fits counts',
      ).argParser(bitsRules('--activation-bits', [8, 16])),
    )
    .addOption(
      new Option('--min-accuracy <percent>', 'narrow as many weights as leave so many of --images right').argParser(
        percentage('--min-accuracy'),
      ),
    )
    .addOption(
      new Option('--max-flash <bytes>', 'fewer bits of weights until all of them take no more').argParser(
        byteCount('--max-flash'),
      ),
    )
    .option('--images <x.npy>', 'labelled images for --min-accuracy')
    .option('--labels <y.npy>', 'the true class of each of them')
    .addOption(sharedOptions.driver().default(undefined, 'host where there is a C compiler, or else reference'))
    .option('--no-equalise', 'leave channels of one tensor as different in size as they are')
    .option('--no-rounding-search', 'round weights to nearest')
    .addOption(
      new Option('--bias-correction <kind>', `what shifts of the mean are taken back: ${biasCorrections.join(', ')}`)
        .argParser(oneOf('--bias-correction', biasCorrections))
        .default('measured'),
    );
}

/** The switches as the quantiser takes them. */
export function quantiseOptionsOf(switches: QuantizeSwitches): Omit<QuantiseOptions, 'rounding'> {
  return {
    equalise: switches.equalise,
    ranges: switches.ranges,
    weightBits: switches.weightBits ?? [],
    activationBits: switches.activationBits ?? [],
    fitWeightScales: switches.weightRanges === 'mse',
    roundingSearch: switches.roundingSearch,
    biasCorrection: switches.biasCorrection,
  };
}

/** A layer's quality as a field of the JSON. */
export function layerJson({
  quantisation,
  saturation,
  signalToNoise,
  rule,
  weights,
  weightBits,
  ...layer
}: LayerQuality): JsonObject {
  return {
    ...layer,
    ...quantisation,
    ...(rule === undefined ? {} : { rangeRule: rule }),
    ...(signalToNoise === undefined ? {} : { signalToNoise }),
    saturation: { ...saturation },
    ...(weights === undefined ? {} : { weights, weightBits: weightBits ?? 8 }),
  };
}

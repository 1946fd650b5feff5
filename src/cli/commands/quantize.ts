import type { Command } from 'commander';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Rounding } from '../../numeric/requantise.js';
import { foundFields, foundText, wantsBits } from '../bits-goal.js';
import { fastestDriver, labelledImages } from '../labelled-images.js';
import {
  isImported,
  isOnnx,
  isStandardOutput,
  requireModelFile,
  requireWeights,
  resolvePath,
} from '../model-options.js';
import { sharedOptions } from '../options.js';
import { formatBytes } from '../output.js';
import { addQuantizeSwitches, layerJson, type QuantizeSwitches, quantiseOptionsOf } from '../quantize-options.js';
import type { Shell } from '../shell.js';

interface QuantizeOptions extends QuantizeSwitches {
  readonly weights?: string;
  readonly calibration: string;
  readonly rounding?: Rounding;
  readonly output: string;
  readonly limit?: number;
}

/** `effnetc quantize`: float weights and calibration images become int8 weights and scales. */
export function registerQuantize(program: Command, shell: Shell): void {
  const command = program
    .command('quantize')
    .description('post-training quantisation: float weights to int8')
    .argument('<model>', 'model.ts, or a float model.onnx, which has its weights')
    .addOption(sharedOptions.weights())
    .requiredOption('--calibration <images.npy>', 'images such as the network will see; 100 to 500 are enough')
    .addOption(sharedOptions.rounding());
  addQuantizeSwitches(command)
    .addOption(sharedOptions.limit())
    .addOption(sharedOptions.output('the quantised weights, .safetensors').makeOptionMandatory())
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc quantize model.ts --weights float.npz \\\n      --calibration images.npy -o q.safetensors',
    )
    .action(
      shell.action<QuantizeOptions, [string]>(async (io, options, model) => {
        const { loadFloatModel, loadFloatOnnx, quantiseModel, quantiseToGoal, sourceOf } = await import(
          '../../pipeline/index.js'
        );
        const searches = wantsBits(options);
        const { readModelInputs } = await import('../model-inputs.js');
        const { writeQuantised } = await import('../../frontend/weights/quantised.js');
        const { letSignalsEndUs } = await import('../../interpreter/yield.js');
        const { writeFileAtomically } = await import('../../emit/write-files.js');
        requireModelFile(model);
        if (isImported(model)) {
          fail('E0901', 'a .tflite is quantised already', { hint: 'give it to the other commands as it is' });
        }
        const toStdout = isStandardOutput(io, options.output);
        if (toStdout && io.json) {
          fail('E0905', '--output names standard output, where --json prints its object', {
            hint: 'write the weights to a file, or leave --json out',
          });
        }
        if (isOnnx(model) && options.weights !== undefined) {
          fail('E0901', '--weights cannot be used with an .onnx, which has its own weights', { hint: 'leave it out' });
        }
        const path = resolvePath(io, model);
        const float = () => resolvePath(io, requireWeights(options, 'float weights'));
        const graph = isOnnx(model)
          ? loadFloatOnnx(path, io.session)
          : await loadFloatModel({ model: path, weights: float() }, io.session);
        const all = readModelInputs(resolvePath(io, options.calibration), sourceOf(graph), io.session);
        const images = { ...all, count: Math.min(all.count, options.limit ?? all.count) };
        const chosen = { ...quantiseOptionsOf(options), rounding: options.rounding ?? 'native' };
        const progress = (stage: string, done: number, total: number) => io.progress.update(stage, done, total);
        const { minAccuracy, maxFlash: maxBytes } = options;
        const goal = { maxBytes, minAccuracy: minAccuracy === undefined ? undefined : minAccuracy / 100 };
        const driver = await fastestDriver(options.driver);
        const { images: labelled, labels } = options;
        const meter =
          minAccuracy === undefined || labelled === undefined || labels === undefined
            ? undefined
            : await labelledImages(io, graph, { model, images: labelled, labels }, driver.name);
        const {
          model: quantised,
          found,
          wide,
        } = searches
          ? await quantiseToGoal(graph, images, chosen, goal, meter, io.session, progress)
          : { model: await quantiseModel(graph, images, chosen, io.session, progress), found: undefined, wide: [] };
        const bytes = writeQuantised(quantised);
        await letSignalsEndUs();
        writeFileAtomically(options.output, bytes, { cwd: io.cwd });
        return {
          json: {
            model: graph.name,
            rounding: quantised.rounding,
            images: images.count,
            output: options.output,
            bytes: bytes.length,
            ...foundFields(found, wide, driver),
            layers: (quantised.quality ?? []).map(layerJson),
          },
          text: style =>
            // The weights are what standard output has then, and nothing else.
            toStdout
              ? ''
              : `${foundText(found, wide, driver, style)}${graph.name}: quantised with ${images.count} images (${quantised.rounding} rounding), ${formatBytes(bytes.length)} in ${options.output}\n`,
        };
      }),
    );
}

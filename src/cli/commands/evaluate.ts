import type { Command } from 'commander';
import { agreementFields, agreementText, classTable, confusionFields, confusionTable } from '../accuracy-text.js';
import { loadModel, type ModelOptions, resolvePath } from '../model-options.js';
import { type DriverName, sharedOptions } from '../options.js';
import { formatCount, formatPercent } from '../output.js';
import type { Shell } from '../shell.js';

interface EvaluateOptions extends ModelOptions {
  readonly images: string;
  readonly labels: string;
  readonly driver?: 'reference' | DriverName;
  readonly target?: string;
  readonly limit?: number;
  readonly floatWeights?: string;
}

/** `effnetc evaluate`: accuracy over labelled images. */
export function registerEvaluate(program: Command, shell: Shell): void {
  program
    .command('evaluate')
    .description('accuracy over labelled images, class by class')
    .argument('<model>', 'model.ts, model.tflite or model.onnx')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.rounding())
    .requiredOption('--images <x.npy>', 'images, uint8 [N,H,W,C] or as the model takes them')
    .requiredOption('--labels <y.npy>', 'the true class of each image')
    .addOption(sharedOptions.driver().default('reference'))
    .addOption(sharedOptions.target().default('cortex-m4', 'cortex-m4; matters to qemu only'))
    .addOption(sharedOptions.limit())
    .option('--float-weights <file>', 'run the float network on the images, too, and count where both agree')
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc evaluate model.ts --weights q.safetensors \\\n      --images x.npy --labels y.npy --driver host',
    )
    .action(
      shell.action<EvaluateOptions, [string]>(async (io, options, model) => {
        const { sourceOf } = await import('../../pipeline/index.js');
        const { readLabels } = await import('../../frontend/arrays/images.js');
        const { readVectors } = await import('../vectors.js');
        const { predictedClass } = await import('../../run/classify.js');
        const { GraphIndex } = await import('../../ir/graph.js');
        const { confusionOf } = await import('../../run/classify.js');
        const { agreementWithFloat } = await import('../float-agreement.js');
        const { classCount, requireLabels } = await import('../labelled-images.js');
        const { runOutputs } = await import('../run-outputs.js');
        const loaded = await loadModel(io, model, options);
        const { graph } = loaded;
        const source = sourceOf(graph);
        const vectors = readVectors(resolvePath(io, options.images), source, io.session, options.limit);
        const labels = readLabels(resolvePath(io, options.labels), { classes: classCount(graph) });
        const driver = options.driver ?? 'reference';
        requireLabels(options.labels, labels.length, vectors.length, options.limit !== undefined);
        const outputs = await runOutputs(io, loaded, driver, options.target ?? 'cortex-m4', vectors);
        const { type } = new GraphIndex(graph).node(graph.output);
        const classes = classCount(graph);
        const predicted = outputs.map(output => predictedClass(output, type));
        const confusion = confusionOf(predicted, labels, classes);
        const { images, correct } = confusion;
        const accuracy = correct / images;
        const agreement = await agreementWithFloat(io, model, options, predicted, labels);
        return {
          json: {
            ...{ model: graph.name, driver, images, correct, accuracy },
            ...confusionFields(confusion),
            ...agreementFields(agreement, images),
          },
          keepWhenQuiet: true,
          text: style =>
            `${classTable(confusion, style)}${confusionTable(confusion, style)}\n${graph.name} by ${driver}: ${formatCount(correct)} of ${formatCount(images)} images correct, ${formatPercent(accuracy)}\n${agreementText(agreement, images)}`,
        };
      }),
    );
}

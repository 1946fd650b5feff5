import { basename } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../diagnostics/diagnostic.js';
import { quoteName } from '../../frontend/arrays/quote.js';
import { isImported, isOnnx, requireModelFile, resolvePath } from '../model-options.js';
import { sharedOptions } from '../options.js';
import type { Shell } from '../shell.js';

interface ImportOptions {
  readonly output: string;
}

/** `effnetc import`: a model.ts and weights, float ones of a float network, from a file of another framework. */
export function registerImport(program: Command, shell: Shell): void {
  program
    .command('import')
    .description('write a model.ts and its weights from a .tflite or .onnx')
    .argument('<model>', 'model.tflite, int8, or model.onnx')
    .addOption(sharedOptions.output('directory for NAME.ts and NAME.safetensors').makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  $ effnetc import model.tflite -o imported')
    .action(
      shell.action<ImportOptions, [string]>(async (io, options, model) => {
        requireModelFile(model);
        if (!isImported(model) && !isOnnx(model)) {
          fail('E0905', `${quoteName(model)} is no model of another framework`, {
            notes: ['accepted: a .tflite or an .onnx'],
          });
        }
        const { importTflite } = await import('../../frontend/tflite/import-tflite.js');
        const { isQuantised } = await import('../../frontend/import/imported-model.js');
        const { importOnnx } = await import('../../frontend/onnx/import-onnx.js');
        const { floatWeightsOf } = await import('../../pipeline/index.js');
        const { writeModel } = await import('../../frontend/import/write-model.js');
        const { writeQuantised } = await import('../../frontend/weights/quantised.js');
        const { letSignalsEndUs } = await import('../../interpreter/yield.js');
        const { writeFilesAtomically } = await import('../../emit/write-files.js');
        const path = resolvePath(io, model);
        const imported = isOnnx(model) ? importOnnx(path, io.session) : importTflite(path, io.session);
        const { graph } = imported;
        const rounding = isQuantised(imported) ? imported.rounding : undefined;
        const weights = `${graph.name}.safetensors`;
        const origin = `Written by \`effnetc import\` from ${basename(model)}; its parameters are in ${weights}.`;
        await letSignalsEndUs();
        const contents = new Map<string, string | Uint8Array>([
          [`${graph.name}.ts`, writeModel(imported, origin)],
          [weights, isQuantised(imported) ? writeQuantised(imported) : floatWeightsOf(imported.graph)],
        ]);
        const files = writeFilesAtomically(options.output, contents, { cwd: io.cwd });
        const layers = graph.nodes.length - 1;
        return {
          json:
            rounding === undefined
              ? { model: graph.name, layers, weights: 'float', files }
              : { model: graph.name, rounding, layers, files },
          text: () =>
            `${graph.name}: ${layers} layers, ${rounding !== undefined ? `${rounding} rounding` : 'in float: `effnetc quantize` comes next'}\n` +
            files.map(file => `  wrote  ${file}\n`).join(''),
        };
      }),
    );
}

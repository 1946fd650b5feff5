import type { Command } from 'commander';
import { loadModel, type ModelOptions } from '../model-options.js';
import { sharedOptions } from '../options.js';
import { formatCount } from '../output.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';

interface RunOptions extends ModelOptions {
  readonly input: string;
}

/** Beyond this nobody reads a table of all scores. */
const mostRows = 1000;
const shownOfMany = 20;

/** The first of equals. */
function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

/** Indices of the largest values, the largest first. */
function largest(values: readonly number[], count: number): number[] {
  const order = values.map((_, i) => i);
  return order.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
}

/** `effnetc run`: one inference by the reference interpreter. */
export function registerRun(program: Command, shell: Shell): void {
  program
    .command('run')
    .description('one inference by the reference interpreter; prints the scores')
    .argument('<model>', 'model.ts, model.tflite or model.onnx')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.rounding())
    .requiredOption('--input <file>', 'an image: .png, .jpg, or the first of an .npy')
    .addHelpText('after', '\nExample:\n  $ effnetc run model.ts --weights q.safetensors --input cat.png')
    .action(
      shell.action<RunOptions, [string]>(async (io, options, model) => {
        const { sourceOf } = await import('../../pipeline/index.js');
        const { readOneInput } = await import('../read-input.js');
        const { runReference } = await import('../../interpreter/reference.js');
        const { graph, rounding } = await loadModel(io, model, options);
        const input = await readOneInput(io, options.input, sourceOf(graph));
        const output = graph.nodes.find(node => node.name === graph.output);
        const values = Array.from(runReference(graph, input).get(graph.output) ?? []);
        const quantisation = output?.type.quantisation;
        const scores = quantisation ? values.map(q => quantisation.scale * (q - quantisation.zeroPoint)) : values;
        const best = quantisation ? indexOfLargest(scores) : values[0];
        const rows = scores.length > mostRows ? largest(scores, shownOfMany) : scores.map((_, i) => i);
        return {
          json: { model: graph.name, rounding, class: best, output: values, scores },
          keepWhenQuiet: true,
          text: style =>
            quantisation
              ? renderTable(
                  [
                    { title: 'class', align: 'right' },
                    { title: quantisation.bits === 16 ? 'int16' : 'int8', align: 'right' },
                    { title: 'score', align: 'right' },
                    { title: '' },
                  ],
                  rows.map(i => [`${i}`, `${values[i]}`, scores[i].toFixed(4), i === best ? '<- largest' : '']),
                  style,
                ) +
                (rows.length < scores.length
                  ? `the ${rows.length} largest of ${formatCount(scores.length)}; --json gives all\n`
                  : '')
              : `class ${best}\n`,
        };
      }),
    );
}

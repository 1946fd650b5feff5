import type { Command } from 'commander';
import type { CompiledModel, LoadedModel, Observe } from '../../pipeline/index.js';
import type { StageName } from '../../pipeline/stage.js';
import {
  accumulatorFields,
  accumulatorNote,
  consumeFields,
  consumeNote,
  loadModelOrRandom,
  type MeasureOptions,
  type PlanOptions,
  reducedFields,
  reducedNote,
  requireOneEntry,
  weightsFields,
  weightsNote,
} from '../model-options.js';
import { sharedOptions } from '../options.js';
import { formatBytes, formatCount } from '../output.js';
import type { Shell } from '../shell.js';
import { type TuneOptions, tuneKernels } from '../tuning.js';

type Pushing = CompiledModel['plan']['pushing'];

interface CompileOptions extends MeasureOptions, PlanOptions, TuneOptions {
  readonly target: string;
  readonly output: string;
  readonly maxRam?: number;
  readonly maxFlash?: number;
  readonly printAfter?: StageName | 'all';
}

/** `effnetc compile`: writes the C. */
export function registerCompile(program: Command, shell: Shell): void {
  program
    .command('compile')
    .description('write the C of a quantised model')
    .argument('<model>', 'model.ts, model.tflite or model.onnx')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.randomWeights())
    .addOption(sharedOptions.target().makeOptionMandatory())
    .addOption(sharedOptions.rounding())
    .addOption(sharedOptions.countedEntry())
    .addOption(sharedOptions.order())
    .addOption(sharedOptions.consumeInput())
    .addOption(sharedOptions.keepChannels())
    .addOption(sharedOptions.optimize())
    .addOption(sharedOptions.tune())
    .addOption(sharedOptions.tuneCache())
    .addOption(sharedOptions.maxRam())
    .addOption(sharedOptions.maxFlash())
    .addOption(sharedOptions.printAfter())
    .addOption(sharedOptions.output('directory for the C files').makeOptionMandatory())
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc compile model.ts --weights q.safetensors \\\n      --target cortex-m4 -o out',
    )
    .action(
      shell.action<CompileOptions, [string]>(async (io, options, model) => {
        const { compileForTarget } = await import('../../pipeline/index.js');
        const { checkBudget } = await import('../../pipeline/budget.js');
        const { loadTarget } = await import('../../target/load-target.js');
        const { letSignalsEndUs } = await import('../../interpreter/yield.js');
        const { writeFilesAtomically } = await import('../../emit/write-files.js');
        const { terminalMap } = await import('../../report/terminal-map.js');
        const target = loadTarget(options.target);
        requireOneEntry(options);
        const { printAfter } = options;
        const observe: Observe = (stage, print) => {
          if (printAfter === 'all' || printAfter === stage.name)
            io.list(`# after ${stage.name}: ${stage.does}\n${print()}`);
        };
        const whole = await loadModelOrRandom(io, model, options, observe);
        const limits = { ram: options.maxRam, flash: options.maxFlash };
        const tune = (fitted: LoadedModel) => tuneKernels(io, options, fitted, target);
        const asked = { ...options, limits };
        const { loaded, compiled, tuned } = await compileForTarget(whole, target, io.version, asked, tune, observe);
        checkBudget(compiled, target, limits);
        await letSignalsEndUs();
        const files = writeFilesAtomically(options.output, compiled.files, { cwd: io.cwd });
        const { view, plan, macs, rounding, firmware } = compiled;
        return {
          json: {
            model: view.name,
            target: target.name,
            rounding,
            entry: firmware.entry,
            order: compiled.order,
            files,
            macs,
            ram: {
              arena: plan.arenaBytes,
              bound: plan.boundBytes,
              keptInput: plan.pushing?.ringBytes,
              keptOutput: plan.pushing?.stagedBytes,
            },
            flash: { weights: view.weightBytes, tables: view.tableBytes },
            ...tuned.json,
            ...consumeFields(options, plan),
            ...accumulatorFields(compiled),
            ...reducedFields(options, compiled),
            ...weightsFields(loaded),
          },
          text: () =>
            `${view.name} for ${target.name}: ${view.layers.length} layers, ${formatCount(macs)} MACs, ${rounding} rounding\n` +
            `  RAM    ${formatBytes(plan.arenaBytes)} of arena, most in layer ${plan.peak.node.name}\n` +
            pushedText(plan.pushing) +
            `  flash  ${formatBytes(view.weightBytes)} of weights, ${formatBytes(view.tableBytes)} of tables, and the code\n` +
            accumulatorNote(compiled, '  ') +
            (tuned.text === '' ? '' : `  ${tuned.text}`) +
            consumeNote(options, plan, '  ') +
            reducedNote(compiled, '  ') +
            terminalMap(plan) +
            files.map(file => `  wrote  ${file}\n`).join('') +
            weightsNote(loaded),
        };
      }),
    );
}

/** What pushing rows takes besides. */
function pushedText(pushing: Pushing): string {
  if (pushing === undefined) return '';
  const { ringBytes, stagedBytes } = pushing;
  const parts = [
    ...(ringBytes > 0 ? [`${formatBytes(ringBytes)} of input rows`] : []),
    ...(stagedBytes > 0 ? [`${formatBytes(stagedBytes)} of output rows`] : []),
  ];
  return `         where rows are pushed, ${parts.length === 0 ? 'nothing' : parts.join(' and ')} besides\n`;
}

import type { Command } from 'commander';
import { explainText } from '../explain-text.js';
import {
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
import { describeStack, formatBytes, formatCount } from '../output.js';
import { cyclesText, detailText, helpersText, workText } from '../profile-text.js';
import type { Shell } from '../shell.js';
import { type TuneOptions, tuneKernels } from '../tuning.js';

interface ProfileOptions extends MeasureOptions, PlanOptions, TuneOptions {
  readonly target: string;
  readonly counts: boolean;
  readonly explain?: boolean;
}

/** `effnetc profile`: executed instructions per layer, what they are, estimated cycles, RAM, stack and flash. */
export function registerProfile(program: Command, shell: Shell): void {
  program
    .command('profile')
    .description('instructions per layer in emulation, RAM, stack and flash')
    .argument('<model>', 'model.ts, model.tflite or model.onnx')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.randomWeights())
    .addOption(sharedOptions.target().makeOptionMandatory())
    .addOption(sharedOptions.rounding())
    .addOption(sharedOptions.entry())
    .addOption(sharedOptions.order())
    .addOption(sharedOptions.optimize())
    .addOption(sharedOptions.tune())
    .addOption(sharedOptions.tuneCache())
    .addOption(sharedOptions.consumeInput())
    .addOption(sharedOptions.keepChannels())
    .option('--no-counts', 'without counts by class of instruction and estimated cycles, which take a plugin for QEMU')
    .option('--explain', 'the kernels that there are for each layer, with predicted and measured figures')
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc profile model.ts --weights q.safetensors \\\n      --target cortex-m4 --json',
    )
    .action(
      shell.action<ProfileOptions, [string]>(async (io, options, model) => {
        const { checkBudget } = await import('../../pipeline/budget.js');
        const { compileForTarget } = await import('../../pipeline/index.js');
        const { loadTarget } = await import('../../target/load-target.js');
        const { profileFirmware } = await import('../../run/profile.js');
        const { profileReport } = await import('../../report/profile-report.js');
        const { explainReport } = await import('../../report/explain-report.js');
        requireOneEntry(options);
        const target = loadTarget(options.target);
        const whole = await loadModelOrRandom(io, model, options);
        const { loaded, compiled, tuned } = await compileForTarget(whole, target, io.version, options, fitted =>
          tuneKernels(io, options, fitted, target),
        );
        checkBudget(compiled, target);
        const measured = await profileFirmware(compiled.firmware, { counts: options.counts });
        const report = profileReport(compiled, measured);
        const explain = options.explain === true ? explainReport(compiled, measured) : undefined;
        const { ram, flash } = report;
        const input = report.entry === 'push-row' ? 'input row' : 'input';
        return {
          json: {
            ...report,
            ...(explain === undefined ? {} : { explain }),
            ...tuned.json,
            ...consumeFields(options, compiled.plan),
            ...reducedFields(options, compiled),
            ...weightsFields(loaded),
          },
          keepWhenQuiet: true,
          text: style => {
            return (
              `${workText(report, style)}\n${detailText(report, style)}\n` +
              (explain === undefined ? '' : `${explainText(explain, style)}\n`) +
              `${report.model} on ${report.target}: ${formatCount(report.instructions)} instructions per inference (not cycles), ${formatCount(report.macs)} MACs\n` +
              cyclesText(report, measured.counts) +
              helpersText(report) +
              `RAM    ${formatBytes(ram.total)}: arena ${formatBytes(ram.arena)}, ${input} ${formatBytes(ram.input)}, output ${formatBytes(ram.output)}, stack ${formatBytes(ram.stack)} (measured)\n` +
              `stack  ${describeStack(ram)}\n` +
              `flash  ${formatBytes(flash.total)}: code ${formatBytes(flash.code)}, weights ${formatBytes(flash.weights)}, tables ${formatBytes(flash.tables)}\n` +
              tuned.text +
              consumeNote(options, compiled.plan) +
              reducedNote(compiled) +
              weightsNote(loaded)
            );
          },
        };
      }),
    );
}

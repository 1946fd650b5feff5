import type { Command } from 'commander';
import type { Measurement } from '../../report/measure.js';
import {
  accumulatorFields,
  consumeFields,
  consumeNote,
  loadModelOrRandom,
  type MeasureOptions,
  type PlanOptions,
  reducedFields,
  reducedNote,
  weightsFields,
  weightsNote,
} from '../model-options.js';
import { sharedOptions } from '../options.js';
import { formatBytes, formatCount, type JsonObject } from '../output.js';
import type { Shell } from '../shell.js';

interface ReportOptions extends MeasureOptions, Pick<PlanOptions, 'consumeInput' | 'keepChannels'> {
  readonly target: string;
  readonly output: string;
  readonly profile: boolean;
}

/** `effnetc report`: memory over time, order of the steps and figures of every layer, as one HTML file. */
export function registerReport(program: Command, shell: Shell): void {
  program
    .command('report')
    .description('the picture of it all, as one HTML file')
    .argument('<model>', 'model.ts, model.tflite or model.onnx')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.randomWeights())
    .addOption(sharedOptions.target().makeOptionMandatory())
    .addOption(sharedOptions.rounding())
    .addOption(sharedOptions.consumeInput())
    .addOption(sharedOptions.keepChannels())
    .option('--no-profile', 'without the figures of a run in emulation')
    .addOption(sharedOptions.output('the page, .html').makeOptionMandatory())
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc report model.ts --weights q.safetensors \\\n      --target cortex-m4 -o report.html',
    )
    .action(
      shell.action<ReportOptions, [string]>(async (io, options, model) => {
        const { compileForTarget, withoutTuning } = await import('../../pipeline/index.js');
        const { loadTarget } = await import('../../target/load-target.js');
        const { writeFileAtomically } = await import('../../emit/write-files.js');
        const { measure } = await import('../../report/measure.js');
        const { reportPage } = await import('../../report/report-page.js');
        const { profileReport } = await import('../../report/profile-report.js');
        const target = loadTarget(options.target);
        const whole = await loadModelOrRandom(io, model, options);
        const { loaded, compiled } = await compileForTarget(whole, target, io.version, options, withoutTuning);
        const measurement = await measure(compiled.firmware, options.profile);
        writeFileAtomically(options.output, reportPage(compiled, loaded, measurement), { cwd: io.cwd });
        const { view, plan, macs, rounding } = compiled;
        const measured = measurement.kind === 'measured' ? profileReport(compiled, measurement.profile) : undefined;
        return {
          json: {
            model: view.name,
            target: target.name,
            rounding,
            output: options.output,
            macs,
            ram: { arena: plan.arenaBytes, bound: plan.boundBytes, least: plan.leastBytes },
            flash: { weights: view.weightBytes, tables: view.tableBytes },
            ...consumeFields(options, plan),
            ...accumulatorFields(compiled),
            ...reducedFields(options, compiled),
            ...profileFields(measurement, measured),
            ...weightsFields(loaded),
          },
          text: () =>
            `${view.name} on ${target.name}: ${view.layers.length} layers, ${formatCount(macs)} MACs, ${rounding} rounding\n` +
            `  RAM    ${formatBytes(plan.arenaBytes)} of arena (row-live bound ${formatBytes(plan.boundBytes)}, proven least ${formatBytes(plan.leastBytes)})\n` +
            (measured === undefined
              ? notMeasured(measurement)
              : `  run    ${formatCount(measured.instructions)} instructions (not cycles), ${formatBytes(measured.ram.stack)} of stack\n`) +
            consumeNote(options, plan, '  ') +
            reducedNote(compiled, '  ') +
            `  wrote  ${options.output}\n` +
            weightsNote(loaded),
        };
      }),
    );
}

interface MeasuredFigures {
  readonly instructions: number;
  readonly ram: JsonObject;
  readonly flash: JsonObject;
  readonly estimatedCycles: JsonObject | null;
}

/** The fields of `profile`, or why there are none. */
function profileFields(measurement: Measurement, measured: MeasuredFigures | undefined): JsonObject {
  if (measured === undefined)
    return { profile: null, ...(measurement.kind === 'none' && { reason: measurement.reason }) };
  const { instructions, ram, flash, estimatedCycles } = measured;
  return { profile: { instructions, ram, flash, estimatedCycles } };
}

function notMeasured(measurement: Measurement): string {
  if (measurement.kind === 'measured') return '';
  const { reason, hint } = measurement;
  return `  run    not measured: ${reason}\n${hint === undefined ? '' : `         ${hint}\n`}`;
}

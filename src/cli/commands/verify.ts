import type { Command } from 'commander';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Tensors } from '../../interpreter/reference.js';
import type { IntegerGraph } from '../../ir/graph.js';
import type { Rounding } from '../../numeric/requantise.js';
import { exitCodes } from '../exit-codes.js';
import type { CommandIo } from '../io.js';
import {
  consumeFields,
  consumeNote,
  loadModelOrRandom,
  type MeasureOptions,
  type PlanOptions,
  reducedFields,
  reducedNote,
  requireOneEntry,
  resolvePath,
  weightsFields,
  weightsNote,
} from '../model-options.js';
import { type DriverName, sharedOptions } from '../options.js';
import { type NamedComparison, roundingFields, roundingText } from '../rounding-text.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';
import { type TuneOptions, tuneKernels } from '../tuning.js';
import { describeReport, describeVerdict, exitCodeOfVerdict, failureDetails, reportJson } from '../verdict.js';

interface VerifyOptions extends MeasureOptions, PlanOptions, TuneOptions {
  readonly target: string;
  readonly inputs?: string;
  readonly expect?: string;
  readonly random?: number;
  readonly limit?: number;
  readonly driver?: readonly DriverName[];
  readonly compareRounding?: Rounding;
}

/** `effnetc verify`: builds the C, runs it, and compares every byte of every layer with the reference. */
export function registerVerify(program: Command, shell: Shell): void {
  program
    .command('verify')
    .description('build and run the C, and compare every layer with the reference')
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
    .option('--inputs <x.npy>', 'inputs to run; without it, random and extreme ones')
    .option('--expect <y.npy>', 'outputs that the inputs should give, from another implementation')
    .addOption(sharedOptions.random())
    .addOption(sharedOptions.limit())
    .addOption(sharedOptions.drivers())
    .addOption(sharedOptions.compareRounding())
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc verify model.ts --weights q.safetensors \\\n      --target cortex-m4 --inputs images.npy --random 10',
    )
    .action(
      shell.action<VerifyOptions, [string]>(async (io, options, model) => {
        const { checkBudget } = await import('../../pipeline/budget.js');
        const { compileForTarget, sourceOf } = await import('../../pipeline/index.js');
        const { loadTarget } = await import('../../target/load-target.js');
        const { referenceTensors, requireSameResults } = await import('../../run/compare.js');
        const { verifyDrivers } = await import('../../run/verify.js');
        const { verdictOf } = await import('../../run/verify.js');
        const { driversFor } = await import('../../run/drivers.js');
        const { collectVectors } = await import('../vectors.js');
        const { compareExpected, readExpected } = await import('../expected.js');
        if (options.expect !== undefined && options.inputs === undefined) {
          fail('E0904', '--expect is given without --inputs', {
            hint: 'name the inputs that these outputs belong to: --inputs x.npy',
          });
        }
        requireOneEntry(options);
        const target = loadTarget(options.target);
        const unfitted = await loadModelOrRandom(io, model, options);
        const { loaded, compiled, tuned } = await compileForTarget(unfitted, target, io.version, options, fitted =>
          tuneKernels(io, options, fitted, target),
        );
        checkBudget(compiled, target);
        const vectors = collectVectors(sourceOf(loaded.graph), io.session, {
          inputs: options.inputs === undefined ? undefined : resolvePath(io, options.inputs),
          limit: options.limit,
          random: options.random ?? (options.inputs === undefined ? 10 : 0),
        });
        const limited = options.limit !== undefined;
        const others =
          options.expect === undefined
            ? undefined
            : readExpected(resolvePath(io, options.expect), loaded.graph, vectors.given, limited);
        const reference = await referenceTensors(loaded.graph, vectors.all, (done, total) =>
          io.progress.update('reference', done, total),
        );
        // The network with all channels says what the outputs have to be; the C is compared with what is left, layer by layer.
        const { graph, whole = graph } = loaded;
        const honest =
          whole === graph
            ? reference
            : await referenceTensors(whole, vectors.all, (done, total) =>
                io.progress.update('all channels', done, total),
              );
        requireSameResults(whole, honest, graph, reference);
        const drivers = driversFor(compiled.firmware, options.driver);
        const reports = await verifyDrivers(
          loaded.graph,
          compiled.firmware,
          vectors.all,
          reference,
          drivers,
          (name, done, total) => io.progress.update(name, done, total),
        );
        const expected = others && compareExpected(others, whole, honest.slice(0, vectors.given));
        const compared = await comparedRounding(io, model, options, whole, vectors.all, honest);
        const verdict = verdictOf(reports, target, options.driver);
        const asExpected = expected === undefined || expected.differing === 0;
        const exitCode = asExpected ? exitCodeOfVerdict(verdict) : exitCodes.checkFailed;
        return {
          json: {
            model: loaded.graph.name,
            target: target.name,
            rounding: loaded.rounding,
            entry: compiled.firmware.entry,
            order: compiled.order,
            vectors: vectors.all.length,
            bitExact: verdict.bitExact,
            drivers: reports.map(reportJson),
            ...(expected === undefined ? {} : { expected: { ...expected } }),
            ...roundingFields(compared),
            ...tuned.json,
            ...consumeFields(options, compiled.plan),
            ...reducedFields(options, compiled),
            ...weightsFields(loaded),
          },
          exitCode,
          keepWhenQuiet: exitCode !== exitCodes.fine,
          text: style => {
            const rows = reports.map(r => [r.name, r.status, describeReport(r)]);
            const table = renderTable(
              [{ title: 'driver' }, { title: 'status' }, { title: '', wrap: true }],
              rows,
              style,
            );
            const agreement =
              expected === undefined
                ? ''
                : `expected outputs: ${expected.equal} of ${expected.vectors} vectors equal, ${expected.differing} elements differ by at most ${expected.maxAbsDiff}\n`;
            return `${table}${failureDetails(reports)}${loaded.graph.name} on ${target.name}: ${vectors.all.length} vectors, ${describeVerdict(verdict, reports)}\n${agreement}${tuned.text}${roundingText(compared, loaded.rounding, vectors.all.length, style)}${consumeNote(options, compiled.plan)}${reducedNote(compiled)}${weightsNote(loaded)}`;
          },
        };
      }),
    );
}

/** What `--compare-rounding` asks for: the same network under the other rule. */
async function comparedRounding(
  io: CommandIo,
  model: string,
  options: VerifyOptions,
  graph: IntegerGraph,
  vectors: readonly Uint8Array[],
  reference: readonly Tensors[],
): Promise<NamedComparison | undefined> {
  const { compareRounding: rounding } = options;
  if (rounding === undefined) return undefined;
  const { compareRoundings } = await import('../../run/compare-roundings.js');
  const other = await loadModelOrRandom(io, model, { ...options, rounding });
  const comparison = await compareRoundings(graph, reference, other.graph, vectors, (done, total) =>
    io.progress.update('other rounding', done, total),
  );
  return { rounding, comparison };
}

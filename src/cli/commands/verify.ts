import type { Command } from 'commander';
import type { DriverReport } from '../../run/verify.js';
import { exitCodes } from '../exit-codes.js';
import {
  loadModelOrRandom,
  type MeasureOptions,
  type PlanOptions,
  resolvePath,
  weightsFields,
  weightsNote,
} from '../model-options.js';
import { type DriverName, sharedOptions } from '../options.js';
import type { JsonObject } from '../output.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';

interface VerifyOptions extends MeasureOptions, PlanOptions {
  readonly target: string;
  readonly inputs?: string;
  readonly expect?: string;
  readonly random?: number;
  readonly limit?: number;
  readonly driver?: readonly DriverName[];
}

/** `effnetc verify`: builds the C, runs it, and compares every byte of every layer with the reference. */
export function registerVerify(program: Command, shell: Shell): void {
  program
    .command('verify')
    .description('build and run the C, and compare every layer with the reference')
    .argument('<model>', 'model.ts')
    .addOption(sharedOptions.weights())
    .addOption(sharedOptions.randomWeights())
    .addOption(sharedOptions.target().makeOptionMandatory())
    .addOption(sharedOptions.rounding())
    .addOption(sharedOptions.entry())
    .addOption(sharedOptions.order())
    .option('--inputs <x.npy>', 'inputs to run; without it, random and extreme ones')
    .option('--expect <y.npy>', 'int8 outputs that the inputs should give, from another implementation')
    .addOption(sharedOptions.random())
    .addOption(sharedOptions.limit())
    .addOption(sharedOptions.drivers())
    .addHelpText(
      'after',
      '\nExample:\n  $ effnetc verify model.ts --weights q.safetensors \\\n      --target cortex-m4 --inputs images.npy --random 10',
    )
    .action(
      shell.action<VerifyOptions, [string]>(async (io, options, model) => {
        const { compileModel, sourceOf } = await import('../../pipeline.js');
        const { loadTarget } = await import('../../target/load-target.js');
        const { referenceTensors } = await import('../../run/compare.js');
        const { verifyDrivers } = await import('../../run/verify.js');
        const { driversFor } = await import('../../run/drivers.js');
        const { collectVectors, compareExpected } = await import('../vectors.js');
        const target = loadTarget(options.target);
        const loaded = await loadModelOrRandom(io, model, options);
        const compiled = compileModel(loaded, target, io.version, options);
        const vectors = collectVectors(sourceOf(loaded.graph).type, {
          inputs: options.inputs === undefined ? undefined : resolvePath(io, options.inputs),
          limit: options.limit,
          random: options.random ?? (options.inputs === undefined ? 10 : 0),
        });
        const reference = referenceTensors(loaded.graph, vectors.all, (done, total) =>
          io.progress.update('reference', done, total),
        );
        const drivers = driversFor(compiled.firmware, options.driver);
        const reports = await verifyDrivers(
          loaded.graph,
          compiled.firmware,
          vectors.all,
          reference,
          drivers,
          (name, done, total) => io.progress.update(name, done, total),
        );
        const expected =
          options.expect === undefined
            ? undefined
            : compareExpected(resolvePath(io, options.expect), loaded.graph, reference.slice(0, vectors.given));
        const ran = reports.filter(r => r.status !== 'skipped');
        const bitExact = ran.length > 0 && ran.every(r => r.status === 'equal');
        const fine = bitExact && (expected === undefined || expected.differing === 0);
        return {
          json: {
            model: loaded.graph.name,
            target: target.name,
            rounding: loaded.rounding,
            entry: compiled.firmware.entry,
            order: compiled.order,
            vectors: vectors.all.length,
            bitExact,
            drivers: reports.map(reportJson),
            ...(expected === undefined ? {} : { expected: { ...expected } }),
            ...weightsFields(loaded),
          },
          exitCode: fine ? exitCodes.fine : ran.length === 0 ? exitCodes.toolMissing : exitCodes.checkFailed,
          keepWhenQuiet: !fine,
          text: style => {
            const rows = reports.map(r => [r.name, r.status, describe(r)]);
            const table = renderTable(
              [{ title: 'driver' }, { title: 'status' }, { title: '', wrap: true }],
              rows,
              style,
            );
            const verdict = bitExact ? 'bit-exact in every layer' : 'NOT shown to be bit-exact';
            const others =
              expected === undefined
                ? ''
                : `expected outputs: ${expected.equal} of ${expected.vectors} vectors equal, ${expected.differing} elements differ by at most ${expected.maxAbsDiff}\n`;
            return `${table}${loaded.graph.name} on ${target.name}: ${vectors.all.length} vectors, ${verdict}\n${others}${weightsNote(loaded)}`;
          },
        };
      }),
    );
}

function describe({ reason, mismatch: m }: DriverReport): string {
  if (m === undefined) return reason ?? '';
  return `vector ${m.vector}, layer ${m.layer}, row ${m.row}, column ${m.column}, channel ${m.channel}: expected ${m.expected}, got ${m.actual}`;
}

function reportJson({ name, status, reason, mismatch }: DriverReport): JsonObject {
  return {
    name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(mismatch === undefined ? {} : { mismatch: { ...mismatch } }),
  };
}

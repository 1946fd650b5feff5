import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandIo } from '../io.js';
import { describeStack, formatBytes, formatCount, formatPercent } from '../output.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';
import { describeReport, exitCodeOfVerdict } from '../verdict.js';

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Images whose prediction the table shows one by one. */
const shown = 10;

/** Images that rp2040js runs, where QEMU is missing: it takes some seconds for each. */
const slowEmulatorImages = 5;

/** Enough for the demo; `effnetc quantize` takes all that it is given. */
const calibrationImages = 128;

/** `npm run demo`: float weights and real images in, verified firmware and its figures out. Not a command of effnetc. */
export function registerDemo(program: Command, shell: Shell): void {
  program.command('demo').action(shell.action(runDemo));
}

async function runDemo(io: CommandIo) {
  const pipeline = await import('../../pipeline/index.js');
  const { packageRoot } = await import('../../package-root.js');
  const { readInputs, readLabels } = await import('../../frontend/arrays/images.js');
  const { writeQuantised } = await import('../../frontend/weights/quantised.js');
  const { writeFilesAtomically, writeFileAtomically } = await import('../../emit/write-files.js');
  const { loadTarget } = await import('../../target/load-target.js');
  const { referenceTensors } = await import('../../run/compare.js');
  const { verifyDrivers } = await import('../../run/verify.js');
  const { letSignalsEndUs } = await import('../../interpreter/yield.js');
  const { verdictOf } = await import('../../run/verify.js');
  const { predictedClass } = await import('../../run/classify.js');
  const { driversFor } = await import('../../run/drivers.js');
  const { profileFirmware } = await import('../../run/profile.js');
  const { profileReport } = await import('../../report/profile-report.js');
  const { readVectors } = await import('../vectors.js');

  const example = join(packageRoot(), 'examples', 'effnet-cifar10');
  const out = join(packageRoot(), 'build', 'demo');
  const model = join(example, 'model.ts');

  const float = await pipeline.loadFloatModel({ model, weights: join(example, 'effnet_relu.npz') }, io.session);
  const images = readInputs(join(example, 'data', 'calibration_images.npy'));
  const calibration = { ...images, count: calibrationImages };
  const quantised = await pipeline.quantiseModel(float, calibration, {}, io.session, (stage, done, total) =>
    io.progress.update(stage, done, total),
  );
  await letSignalsEndUs();
  const weights = join(out, 'quantised.safetensors');
  writeFilesAtomically(out, new Map());
  writeFileAtomically(weights, writeQuantised(quantised));

  const loaded = await pipeline.loadQuantisedModel({ model, weights }, io.session);
  const vectors = readVectors(join(example, 'data', 'test_images.npy'), pipeline.sourceOf(loaded.graph), io.session);
  const labels = readLabels(join(example, 'data', 'test_labels.npy'));
  const compile = async (name: string) => {
    const target = loadTarget(name);
    return (await pipeline.compileForTarget(loaded, target, io.version, {}, pipeline.withoutTuning)).compiled;
  };
  let compiled = await compile('cortex-m4');
  const fallback = driversFor(compiled.firmware).every(d => d.name === 'host' || d.unavailable(compiled.firmware));
  // Without QEMU, an emulator from npm runs the same network as Cortex-M0+ code.
  if (fallback) compiled = await compile('cortex-m0');
  await letSignalsEndUs();
  writeFilesAtomically(out, compiled.files);

  const expected = await referenceTensors(compiled.graph, vectors, (done, total) =>
    io.progress.update('reference', done, total),
  );
  const checked = fallback ? vectors.slice(0, slowEmulatorImages) : vectors;
  const reports = await verifyDrivers(
    compiled.graph,
    compiled.firmware,
    checked,
    expected.slice(0, checked.length),
    driversFor(compiled.firmware),
    (name, done, total) => io.progress.update(name, done, total),
  );
  io.progress.clear();
  const predictions = expected.map(tensors =>
    predictedClass(new Uint8Array(tensors.get(compiled.graph.output)?.buffer ?? new ArrayBuffer(0)), { dtype: 'i8' }),
  );
  const correct = predictions.filter((p, i) => p === labels[i]).length;
  const verdict = verdictOf(reports, compiled.firmware.target);
  const report =
    verdict.bitExact && reports.some(r => r.name === 'qemu' && r.status === 'equal')
      ? profileReport(compiled, await profileFirmware(compiled.firmware))
      : undefined;

  return {
    json: {
      model: compiled.graph.name,
      target: compiled.firmware.target.name,
      images: vectors.length,
      correct,
      accuracy: correct / vectors.length,
      drivers: reports.map(r => ({ name: r.name, status: r.status })),
      ...(report === undefined ? {} : { profile: { ...report } }),
    },
    exitCode: exitCodeOfVerdict(verdict),
    keepWhenQuiet: true,
    text: (style: Parameters<typeof renderTable>[2]) => {
      const images = predictions
        .slice(0, shown)
        .map((p, i) => [`${i}`, classes[p], classes[labels[i]], p === labels[i] ? 'yes' : 'no']);
      const lines = [
        renderTable(
          [{ title: 'image', align: 'right' }, { title: 'predicted' }, { title: 'true' }, { title: 'right' }],
          images,
          style,
        ),
        `... and ${vectors.length - shown} more\n\n`,
      ];
      if (report !== undefined) {
        lines.push(
          renderTable(
            [
              { title: 'layer' },
              { title: 'MACs', align: 'right' },
              { title: 'instructions', align: 'right' },
              { title: 'per MAC', align: 'right' },
              { title: 'from' },
            ],
            report.layers.map(l => [
              l.name,
              formatCount(l.macs),
              formatCount(l.instructions),
              l.macs > 0 ? (l.instructions / l.macs).toFixed(2) : '',
              l.source ?? '',
            ]),
            style,
          ),
          '\n',
        );
      }
      const name = `${compiled.graph.name} on ${compiled.firmware.target.name}`;
      lines.push(`${name}: ${correct} of ${vectors.length} images right, ${formatPercent(correct / vectors.length)}\n`);
      for (const r of reports) {
        const count =
          r.status === 'equal'
            ? `bit-exact: ${checked.length} of ${checked.length} images, every byte of all ${compiled.firmware.layers.length} layers`
            : `${r.status}: ${describeReport(r)}`;
        lines.push(`  ${r.name.padEnd(9)} ${count}\n`);
      }
      if (report !== undefined) {
        const { ram, flash } = report;
        lines.push(
          `  RAM       ${formatBytes(ram.total)}: arena ${formatBytes(ram.arena)}, input ${formatBytes(ram.input)}, output ${formatBytes(ram.output)}, stack ${formatBytes(ram.stack)} (measured)\n`,
          `  stack     ${describeStack(ram)}\n`,
          `  flash     ${formatBytes(flash.total)}: code ${formatBytes(flash.code)}, weights ${formatBytes(flash.weights)}, tables ${formatBytes(flash.tables)}\n`,
          `  executed  ${formatCount(report.instructions)} instructions per inference (not cycles)\n`,
        );
      }
      lines.push('The C is in build/demo.\n');
      return lines.join('');
    },
  };
}

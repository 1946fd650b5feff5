import { fail } from '../diagnostics/diagnostic.js';
import type { LoadedModel } from '../pipeline.js';
import type { CommandIo } from './io.js';
import type { DriverName } from './options.js';

/** Raw outputs of every vector, by the reference or by generated C under a driver. */
export async function runOutputs(
  io: CommandIo,
  loaded: LoadedModel,
  name: 'reference' | DriverName,
  targetName: string,
  vectors: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const onProgress = (done: number, total: number) => io.progress.update(name, done, total);
  if (name === 'reference') {
    const { runReference } = await import('../run/reference.js');
    return vectors.map((vector, i) => {
      const output = runReference(loaded.graph, new Int8Array(vector.buffer, vector.byteOffset, vector.length)).get(
        loaded.graph.output,
      );
      onProgress(i + 1, vectors.length);
      return new Uint8Array(output?.buffer ?? new ArrayBuffer(0));
    });
  }
  const { compileModel } = await import('../pipeline.js');
  const { loadTarget } = await import('../target/load-target.js');
  const { outputDriver } = await import('../run/drivers.js');
  const target = loadTarget(name === 'host' ? 'host' : targetName);
  const { firmware } = compileModel(loaded, target, io.version);
  const driver = outputDriver(name);
  const reason = driver.unavailable(firmware);
  if (reason !== undefined) fail('E0801', `the driver '${name}' cannot run here: ${reason}`);
  return (await driver.run(firmware, vectors, { trace: false, onProgress })).outputs;
}

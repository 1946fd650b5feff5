import { fail } from '../diagnostics/diagnostic.js';
import type { LoadedModel } from '../pipeline/index.js';
import type { CommandIo, Progress } from './io.js';
import type { DriverName } from './options.js';

/** Raw outputs of every vector, by the reference or by generated C under a driver. */
export async function runOutputs(
  io: Pick<CommandIo, 'version'> & { readonly progress: Pick<Progress, 'update'> },
  loaded: LoadedModel,
  name: 'reference' | DriverName,
  targetName: string,
  vectors: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const onProgress = (done: number, total: number) => io.progress.update(name, done, total);
  if (name === 'reference') {
    const { runReferenceOn } = await import('../interpreter/reference.js');
    const { yieldRegularly } = await import('../interpreter/yield.js');
    const { graph } = loaded;
    const yieldNow = yieldRegularly();
    const outputs: Uint8Array[] = [];
    for (const vector of vectors) {
      const output = runReferenceOn(graph, vector).get(graph.output);
      outputs.push(new Uint8Array(output?.buffer ?? new ArrayBuffer(0)));
      onProgress(outputs.length, vectors.length);
      await yieldNow();
    }
    return outputs;
  }
  const { compileForTarget, withoutTuning } = await import('../pipeline/index.js');
  const { loadTarget } = await import('../target/load-target.js');
  const { outputDriver } = await import('../run/drivers.js');
  const target = loadTarget(name === 'host' ? 'host' : targetName);
  const { firmware } = (await compileForTarget(loaded, target, io.version, {}, withoutTuning)).compiled;
  const driver = outputDriver(name);
  const unsuited = driver.unsuited(firmware);
  if (unsuited !== undefined) {
    fail('E0704', `the driver '${name}' cannot run this: ${unsuited}`, { hint: 'choose another --target or --driver' });
  }
  const reason = driver.unavailable(firmware);
  if (reason !== undefined) fail('E0801', `the driver '${name}' cannot run here: ${reason}`);
  return (await driver.run(firmware, vectors, { trace: false, onProgress })).outputs;
}

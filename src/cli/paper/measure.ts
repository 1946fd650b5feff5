import { dirname, join } from 'node:path';
import type { Session } from '../../diagnostics/session.js';
import { readInputs } from '../../frontend/arrays/images.js';
import { packageRoot } from '../../package-root.js';
import {
  type CompiledModel,
  compileModel,
  type LoadedModel,
  loadedModel,
  loadFloatModel,
  quantiseModel,
  randomModel,
  sourceOf,
} from '../../pipeline/index.js';
import { profileReport } from '../../report/profile-report.js';
import { referenceTensors } from '../../run/compare.js';
import { createHostDriver } from '../../run/host.js';
import { profileFirmware } from '../../run/profile.js';
import { qemuDriver } from '../../run/qemu.js';
import { type DriverReport, type Verdict, verdictOf, verifyDrivers } from '../../run/verify.js';
import type { Target } from '../../target/target.js';
import { collectVectors } from '../vectors.js';
import type { PaperNetwork } from './networks.js';

/** Of the random weights of all networks. */
export const seed = 1;

/** Random vectors, besides the extreme ones. */
const randomVectors = 2;

/** For networks that no board holds: without sanitizers, which would take minutes. */
const patientHost = createHostDriver({ sanitize: false, timeoutMs: 600_000 });

/** What became of one network. Sizes in bytes; undefined what only an emulator can tell, where none ran. */
export interface PaperRow {
  readonly network: PaperNetwork;
  readonly macs: number;
  /** Int8 weights, without biases and as the network has them: kernels may fill them up. */
  readonly weightBytes: number;
  /** Arenas: with the order of steps that was found, and layer by layer. */
  readonly arena: number;
  readonly arenaByLayers: number;
  /** Arena, input, output and measured stack. */
  readonly ram: number | undefined;
  /** Code, weights and tables. */
  readonly flash: number | undefined;
  readonly instructions: number | undefined;
  /** It is larger than the memory of the emulated board. */
  readonly tooLarge: boolean;
  readonly reports: readonly DriverReport[];
  readonly verdict: Verdict;
}

/** @throws CompileError when the network does not compile, or its run fails */
export async function measureNetwork(
  network: PaperNetwork,
  target: Target,
  version: string,
  session: Session,
): Promise<PaperRow> {
  const loaded = await load(network, session);
  const compiled = compileModel(loaded, target, version);
  const byLayers = compileModel(loaded, target, version, { order: 'layers' });
  const tooLarge = !fits(compiled, target);
  const { graph } = loaded;
  // What no board can run is still run on this machine, once: it takes long.
  const all = collectVectors(sourceOf(graph), session, { random: randomVectors }).all;
  const vectors = tooLarge ? all.slice(-1) : all;
  const driver = tooLarge ? patientHost : qemuDriver;
  const expected = await referenceTensors(graph, vectors);
  const reports = await verifyDrivers(graph, compiled.firmware, vectors, expected, [driver]);
  const ran = !tooLarge && reports.every(({ status }) => status === 'equal');
  const profile = ran ? profileReport(compiled, await profileFirmware(compiled.firmware)) : undefined;
  return {
    network,
    macs: compiled.macs,
    weightBytes: graph.nodes.reduce((sum, node) => sum + (node.constants.weight?.data.length ?? 0), 0),
    arena: compiled.plan.arenaBytes,
    arenaByLayers: byLayers.plan.arenaBytes,
    ram: profile?.ram.total,
    flash: profile?.flash.total,
    instructions: profile?.instructions,
    tooLarge,
    reports,
    verdict: verdictOf(reports, target, [driver.name]),
  };
}

async function load({ file, trained }: PaperNetwork, session: Session): Promise<LoadedModel> {
  const model = join(packageRoot(), 'examples', file);
  if (trained === undefined) return randomModel(model, { seed }, session);
  const beside = (name: string) => join(dirname(model), name);
  const source = { model, weights: beside(trained.weights) };
  const float = await loadFloatModel(source, session);
  return loadedModel(await quantiseModel(float, readInputs(beside(trained.calibration)), {}, session), source);
}

/** Without the code, which is not known before it is built, and much smaller. */
function fits({ plan, view, firmware }: CompiledModel, { memory }: Target): boolean {
  const ram = plan.arenaBytes + firmware.inputBytes + firmware.outputBytes;
  const flash = view.weightBytes + view.tableBytes;
  return memory !== undefined && flash <= memory.code.bytes && ram <= memory.ram.bytes;
}

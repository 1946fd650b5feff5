// `npm run demo`, `npm test` and others on a machine that has Node and nothing else: sets up what is missing, then runs.
// Usage: node src/setup/run.mjs demo|check|test|slow|bench|calibrate|paper [arguments passed on]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runScript, runVitest } from './checks.mjs';
import { installPackages } from './packages.mjs';
import { passThrough } from './process.mjs';
import { createReport, SetupError } from './report.mjs';
import { ensureTools } from './toolchain.mjs';
import { tools } from './tools.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const report = createReport();
const context = { root, env: process.env, userId: process.getuid?.(), report };

/** @param {readonly string[]} args */
async function demo(args) {
  const missing = ensureTools(context, [tools.armCompiler, tools.emulator, tools.hostCompiler]);
  if (missing.includes(tools.emulator) && !missing.includes(tools.armCompiler)) {
    report.line('going on without QEMU: the npm package rp2040js runs the firmware as Cortex-M0+ code instead');
  }
  build(context);
  return passThrough(process.execPath, [join(root, 'dist', 'cli', 'demo.js'), ...args], { env: process.env });
}

/**
 * Lint, types and lanes of tests. All run even if the first fails: one run shows everything that is wrong.
 *
 * @param {readonly string[]} lanes
 * @param {readonly string[]} args
 */
async function checkLanes(lanes, args) {
  const checked = ['lint', 'typecheck'].map(name => runScript(context, name));
  const code = await runVitest(context, [...lanes.flatMap(lane => ['--project', lane]), ...args]);
  return code !== 0 || checked.every(Boolean) ? code : 1;
}

/** What is run before each commit: it needs no tools. @param {readonly string[]} args */
const check = args => checkLanes(['unit', 'golden'], args);

/** Installs what tests need, and builds. */
function prepare() {
  const missing = ensureTools(context, Object.values(tools));
  if (missing.length > 0)
    report.line(`going on; tests that need ${missing.map(tool => tool.name).join(', ')} are skipped`);
  build(context);
}

/** Everything but the slow lane. @param {readonly string[]} args */
async function test(args) {
  prepare();
  return checkLanes(['unit', 'golden', 'emulated'], args);
}

/** @param {readonly string[]} args */
async function slow(args) {
  prepare();
  return runVitest(context, ['--project', 'slow', ...args]);
}

/** @param {readonly string[]} args */
async function bench(args) {
  ensureTools(context, [tools.armCompiler, tools.emulator, tools.hostCompiler]);
  build(context);
  return runVitest(context, ['test/bench', ...args]);
}

/**
 * Counts the kernels on cores, and writes what the cost model takes from that. See docs/cost-model.md.
 *
 * @param {readonly string[]} targets
 */
async function calibrate(targets) {
  ensureTools(context, [tools.armCompiler, tools.emulator]);
  build(context);
  const cores = targets.length === 0 ? ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'] : targets;
  process.env.EFFNETC_CALIBRATE = cores.join(' ');
  return runVitest(context, ['test/costs/calibrate.emulated.test.ts']);
}

/** @param {readonly string[]} args */
async function paper(args) {
  ensureTools(context, [tools.armCompiler, tools.emulator, tools.hostCompiler]);
  build(context);
  return passThrough(process.execPath, [join(root, 'dist', 'cli', 'paper.js'), ...args], { env: process.env });
}

async function main() {
  const [what, ...args] = process.argv.slice(2);
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new SetupError(`Node 20 or newer is needed, this is ${process.version}. See https://nodejs.org/en/download`);
  }
  const run = { demo, check, test, slow, bench, calibrate, paper }[what ?? ''];
  if (run === undefined)
    throw new SetupError('usage: node src/setup/run.mjs demo|check|test|slow|bench|calibrate|paper [arguments]');
  installPackages(context);
  return run(args);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  report.line(error.message);
  process.exitCode = 1;
}

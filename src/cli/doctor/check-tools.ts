import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import type { Target } from '../../target/target.js';
import { type ProcessRun, runProcess } from '../../toolchain/process.js';
import {
  type Environment,
  findTool,
  installLine,
  missingTool,
  type ToolName,
  toolSpecs,
  versionIn,
} from '../../toolchain/tools.js';

export interface CheckResult {
  readonly name: string;
  readonly status: 'ok' | 'missing' | 'broken';
  readonly required: boolean;
  readonly purpose: string;
  readonly path?: string | undefined;
  readonly version?: string | undefined;
  /** What went wrong, where it is there but does not work. */
  readonly problem?: string | undefined;
  /** How to install or mend it; absent where all is well. */
  readonly install?: string | undefined;
}

export interface CheckContext {
  readonly env: Environment;
  /** An empty directory to build in. */
  readonly directory: string;
  readonly targets: readonly Target[];
}

/** What the programs in templates/doctor end with. */
const expectedExit = 42;
const timeoutMs = 30_000;
const source = (name: string): string => join(packageRoot(), 'templates', 'doctor', name);

/** Checks tools one after the other; `onProgress` is told as each is done. */
export async function checkTools(
  context: CheckContext,
  onProgress: (done: number, total: number) => void,
): Promise<readonly CheckResult[]> {
  const checks = [
    () => check(context, 'armCompiler', path => tryArmCompiler(context, path)),
    () => check(context, 'emulator', path => tryEmulator(context, path)),
    () => check(context, 'hostCompiler', path => tryHostCompiler(context, path, ['-fsanitize=address,undefined'])),
    () => check(context, 'secondCompiler', path => tryHostCompiler(context, path, [])),
    () => check(context, 'browser', path => tryBrowser(context, path)),
  ];
  const results: CheckResult[] = [];
  for (const run of checks) {
    onProgress(results.length, checks.length);
    results.push(await run());
  }
  return results;
}

/** Node runs this very code; npm ignores `engines` unless it is told not to, so an old one can get here. */
export function checkNode(version: string, path: string): CheckResult {
  const ok = Number.parseInt(version, 10) >= 20;
  return {
    name: 'node',
    status: ok ? 'ok' : 'broken',
    required: true,
    purpose: 'run effnetc',
    path,
    version,
    ...(!ok && { problem: `version ${version} is too old`, install: 'install Node 20 or newer' }),
  };
}

/** @param trial gives what is wrong, or nothing */
async function check(
  context: CheckContext,
  tool: ToolName,
  trial: (path: string) => Promise<string | undefined>,
): Promise<CheckResult> {
  const { program, required, purpose, packages, variable } = toolSpecs[tool];
  const install = installLine(packages);
  const found = findTool(tool, context.env);
  if (found === undefined) {
    const base = { name: program, status: 'missing', required, purpose } as const;
    if (!context.env[variable]) return { ...base, install };
    const missing = missingTool(tool, context.env);
    return { ...base, problem: missing?.message, install: missing?.hint };
  }
  const { path } = found;
  const asked = await run(context, path, ['--version']);
  const version = versionIn(asked.stdout);
  const problem = succeeded(asked) ? await trial(path) : `--version failed: ${firstLine(asked)}`;
  const base = { name: program, required, purpose, path, version };
  return problem === undefined ? { ...base, status: 'ok' } : { ...base, status: 'broken', problem, install };
}

const run = (context: CheckContext, file: string, args: readonly string[]): Promise<ProcessRun> =>
  runProcess(file, args, { cwd: context.directory, env: definedOnly(context.env), timeoutMs });

const definedOnly = (env: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));

const exitCode = ({ outcome }: ProcessRun): number | undefined =>
  outcome.kind === 'exited' ? outcome.code : undefined;
const succeeded = (ended: ProcessRun): boolean => exitCode(ended) === 0;

function firstLine(ended: ProcessRun): string {
  const [line] = `${ended.stdout}${ended.stderr}`.trim().split('\n', 1);
  const code = exitCode(ended);
  return line || (code === undefined ? 'no answer in time' : `exit code ${code}`);
}

async function tryHostCompiler(
  context: CheckContext,
  path: string,
  flags: readonly string[],
): Promise<string | undefined> {
  const program = join(context.directory, 'hello');
  const built = await run(context, path, ['-std=c99', ...flags, source('hello.c'), '-o', program]);
  if (!succeeded(built)) return `cannot build a trivial program: ${firstLine(built)}`;
  const ran = await run(context, program, []);
  return exitCode(ran) === expectedExit ? undefined : `a trivial program does not run: ${firstLine(ran)}`;
}

/** Renders a page. Without its sandbox, which neither root nor a container may use; the page is ours. */
async function tryBrowser(context: CheckContext, path: string): Promise<string | undefined> {
  const profile = `--user-data-dir=${join(context.directory, 'browser')}`;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', profile, '--dump-dom'];
  const ran = await run(context, path, [...flags, 'data:text/html,<p>effnetc']);
  return succeeded(ran) && ran.stdout.includes('<p>effnetc')
    ? undefined
    : `a trivial page does not load: ${firstLine(ran)}`;
}

const emulated = (context: CheckContext): readonly Target[] =>
  context.targets.filter(target => target.qemu !== undefined);
const firmware = (context: CheckContext, target: Target): string => join(context.directory, `${target.name}.elf`);

async function tryArmCompiler(context: CheckContext, path: string): Promise<string | undefined> {
  for (const target of emulated(context)) {
    const built = await buildFirmware(context, path, target);
    if (!succeeded(built)) return `cannot build a trivial program for ${target.name}: ${firstLine(built)}`;
  }
  return undefined;
}

/** The linker reads addresses as hexadecimal, whatever they look like. */
const hexadecimal = (address: number): string => `0x${address.toString(16)}`;

/** Vectors and code where the board has its memory; 0x400 leaves room for any vector table. */
function buildFirmware(context: CheckContext, compiler: string, target: Target): Promise<ProcessRun> {
  const { memory } = target;
  const code = memory?.code.origin ?? 0;
  const stackTop = (memory?.ram.origin ?? 0) + (memory?.ram.bytes ?? 0);
  return run(context, compiler, [
    ...target.compiler.flags,
    '-std=gnu99',
    '-O1',
    '-nostartfiles',
    '-nostdlib',
    `-DSTACK_TOP=${stackTop}u`,
    source('bare.c'),
    '-Wl,--entry=start',
    `-Wl,--section-start=.vectors=${hexadecimal(memory?.vectors?.origin ?? code)}`,
    `-Wl,-Ttext=${hexadecimal(code + 0x400)}`,
    '-lgcc',
    '-o',
    firmware(context, target),
  ]);
}

/** Runs what the Arm compiler just built, on the board of every target: an old QEMU lacks some. */
async function tryEmulator(context: CheckContext, path: string): Promise<string | undefined> {
  const compiler = findTool('armCompiler', context.env)?.path;
  if (compiler === undefined) return undefined;
  const failures: string[] = [];
  for (const target of emulated(context)) {
    const built = await buildFirmware(context, compiler, target);
    if (!succeeded(built) || target.qemu === undefined) continue;
    const board = [
      '-M',
      target.qemu.machine,
      ...target.qemu.arguments,
      '-nographic',
      '-monitor',
      'none',
      '-serial',
      'none',
    ];
    const semihosting = ['-semihosting-config', 'enable=on,target=native'];
    const ran = await run(context, path, [...board, ...semihosting, '-kernel', firmware(context, target)]);
    if (exitCode(ran) !== expectedExit) failures.push(`${target.name} (${firstLine(ran)})`);
  }
  return failures.length === 0 ? undefined : `a trivial program does not run on ${failures.join(', ')}`;
}

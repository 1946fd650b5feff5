import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fail } from '../diagnostics/diagnostic.js';
import { runProcess } from './process.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ToolSpec {
  readonly program: string;
  /** Programs that do as well, in the order in which they are looked for. */
  readonly alternatives?: readonly string[];
  /** Variable that names another program, or its path. */
  readonly variable: string;
  /** Completes "needed to ...". */
  readonly purpose: string;
  /** False: the main path (compile, verify, profile) works without it. */
  readonly required: boolean;
  /** Packages of Debian and Ubuntu. The set-up installs the same: a test holds them together. */
  readonly packages: readonly string[];
}

export const toolSpecs = {
  armCompiler: {
    program: 'arm-none-eabi-gcc',
    variable: 'EFFNETC_ARM_GCC',
    purpose: 'build firmware for Cortex-M',
    required: true,
    packages: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'],
  },
  emulator: {
    program: 'qemu-system-arm',
    variable: 'EFFNETC_QEMU',
    purpose: 'run the firmware in emulation',
    required: true,
    packages: ['qemu-system-arm'],
  },
  hostCompiler: {
    program: 'gcc',
    variable: 'EFFNETC_HOST_CC',
    purpose: 'check the generated C on this machine under ASan and UBSan',
    required: true,
    packages: ['gcc', 'libc6-dev'],
  },
  secondCompiler: {
    program: 'clang',
    variable: 'EFFNETC_CLANG',
    purpose: 'check that a second compiler has no warnings about the generated C',
    required: false,
    packages: ['clang'],
  },
  browser: {
    program: 'chromium',
    // What Ubuntu and Google call it.
    alternatives: ['chromium-browser', 'google-chrome'],
    variable: 'EFFNETC_BROWSER',
    purpose: 'test the page of `effnetc report` in a real browser',
    required: false,
    packages: ['chromium'],
  },
} as const satisfies Readonly<Record<string, ToolSpec>>;

export type ToolName = keyof typeof toolSpecs;

/** How to get a tool, as a line to type. */
export const installLine = (packages: readonly string[]): string =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;

export interface Tool {
  /** Its name without directories, for messages. */
  readonly program: string;
  readonly path: string;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The file that a shell would run for a name or a path. */
function locate(program: string, env: Environment): string | undefined {
  if (program.includes('/')) return executable(program) ? program : undefined;
  const directories = (env.PATH ?? '').split(delimiter).filter(directory => directory !== '');
  return directories.map(directory => join(directory, program)).find(executable);
}

const override = (spec: ToolSpec, env: Environment): string | undefined => env[spec.variable] || undefined;

/** Looks a tool up: what the environment variable names, else on PATH. */
export function findTool(name: ToolName, env: Environment = process.env): Tool | undefined {
  const spec: ToolSpec = toolSpecs[name];
  const named = override(spec, env);
  const candidates = named === undefined ? [spec.program, ...(spec.alternatives ?? [])] : [named];
  const path = candidates.map(program => locate(program, env)).find(found => found !== undefined);
  return path === undefined ? undefined : { program: basename(path), path };
}

/** What to say when a tool is missing, in a sentence without a full stop; nothing when it is there. */
export function missingTool(
  name: ToolName,
  env: Environment = process.env,
): { readonly message: string; readonly hint: string } | undefined {
  const spec = toolSpecs[name];
  if (findTool(name, env) !== undefined) return undefined;
  const named = override(spec, env);
  if (named !== undefined) {
    return {
      message: `${spec.variable} names "${named}", which is no program that can be run`,
      hint: `unset ${spec.variable}, or set it to the path of ${spec.program}`,
    };
  }
  return {
    message: `${spec.program} was not found; it is needed to ${spec.purpose}`,
    hint: `install it: ${installLine(spec.packages)}; or set ${spec.variable} to its path`,
  };
}

/** One line for {@link missingTool}, for the reason why something was skipped. */
export function missingReason(...names: readonly ToolName[]): string | undefined {
  const missing = names.map(name => missingTool(name)).find(found => found !== undefined);
  return missing && `${missing.message}; ${missing.hint}`;
}

/** @throws CompileError E0801 when the tool is missing, with the line that installs it */
export function requireTool(name: ToolName): Tool {
  const missing = missingTool(name);
  const tool = findTool(name);
  if (missing !== undefined || tool === undefined) {
    return fail('E0801', missing?.message ?? `${toolSpecs[name].program} has vanished`, { hint: missing?.hint });
  }
  return tool;
}

/** The version that a tool gives of itself, as in `12.2.1`; nothing when it does not run. */
export async function toolVersion(tool: Tool): Promise<string | undefined> {
  const run = await runProcess(tool.path, ['--version'], { cwd: '.', timeoutMs: 30_000 });
  return run.outcome.kind === 'exited' && run.outcome.code === 0 ? versionIn(run.stdout) : undefined;
}

/** The version in what a tool says to `--version`. */
export function versionIn(text: string): string | undefined {
  // Distributions put versions of their own into parentheses.
  const [line = ''] = text.split('\n', 1);
  return /\d+\.\d+(?:\.\d+)*/.exec(line.replace(/\([^)]*\)/, ''))?.[0];
}

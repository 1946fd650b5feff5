import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fail } from '../diagnostics/diagnostic.js';
import { runProcess } from './process.js';

interface ToolSpec {
  readonly program: string;
  /** Variable that names another program, or its path. */
  readonly variable: string;
  readonly purpose: string;
  /** Packages of Debian and Ubuntu, as the set-up installs them. */
  readonly packages: string;
}

const specs = {
  armCompiler: {
    program: 'arm-none-eabi-gcc',
    variable: 'EFFNETC_ARM_GCC',
    purpose: 'build firmware for Cortex-M',
    packages: 'gcc-arm-none-eabi libnewlib-arm-none-eabi',
  },
  emulator: {
    program: 'qemu-system-arm',
    variable: 'EFFNETC_QEMU',
    purpose: 'run the firmware in emulation',
    packages: 'qemu-system-arm',
  },
  hostCompiler: {
    program: 'gcc',
    variable: 'EFFNETC_HOST_CC',
    purpose: 'check the generated C on this machine',
    packages: 'gcc libc6-dev',
  },
} as const satisfies Readonly<Record<string, ToolSpec>>;

export type ToolName = keyof typeof specs;

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
function locate(program: string): string | undefined {
  if (program.includes('/')) return executable(program) ? program : undefined;
  const directories = (process.env.PATH ?? '').split(delimiter).filter(directory => directory !== '');
  return directories.map(directory => join(directory, program)).find(executable);
}

const override = (spec: ToolSpec): string | undefined => process.env[spec.variable] || undefined;

/** Looks a tool up: what the environment variable names, else on PATH. */
export function findTool(name: ToolName): Tool | undefined {
  const spec = specs[name];
  const path = locate(override(spec) ?? spec.program);
  return path === undefined ? undefined : { program: basename(path), path };
}

/** What to say when a tool is missing, in a sentence without a full stop; nothing when it is there. */
export function missingTool(name: ToolName): { readonly message: string; readonly hint: string } | undefined {
  const spec = specs[name];
  if (findTool(name) !== undefined) return undefined;
  const named = override(spec);
  if (named !== undefined) {
    return {
      message: `${spec.variable} names "${named}", which is no program that can be run`,
      hint: `unset ${spec.variable}, or set it to the path of ${spec.program}`,
    };
  }
  return {
    message: `${spec.program} was not found; it is needed to ${spec.purpose}`,
    hint: `install it: sudo apt-get install -y --no-install-recommends ${spec.packages}; or set ${spec.variable} to its path`,
  };
}

/** One line for {@link missingTool}, for the reason why something was skipped. */
export function missingReason(...names: readonly ToolName[]): string | undefined {
  const missing = names.map(missingTool).find(found => found !== undefined);
  return missing && `${missing.message}; ${missing.hint}`;
}

/** @throws CompileError E0801 when the tool is missing, with the line that installs it */
export function requireTool(name: ToolName): Tool {
  const missing = missingTool(name);
  const tool = findTool(name);
  if (missing !== undefined || tool === undefined) {
    return fail('E0801', missing?.message ?? `${specs[name].program} has vanished`, { hint: missing?.hint });
  }
  return tool;
}

/** The version that a tool gives of itself, as in `12.2.1`; nothing when it does not run. */
export async function toolVersion(tool: Tool): Promise<string | undefined> {
  const run = await runProcess(tool.path, ['--version'], { cwd: '.', timeoutMs: 30_000 });
  if (run.outcome.kind !== 'exited' || run.outcome.code !== 0) return undefined;
  // Distributions put versions of their own into parentheses.
  const [line = ''] = run.stdout.split('\n', 1);
  return /\d+\.\d+(?:\.\d+)*/.exec(line.replace(/\([^)]*\)/, ''))?.[0];
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompileError, InternalError } from '../diagnostics/diagnostic.js';
import type { LinkerSections, Target } from '../target/target.js';
import { Compiler, warningFlags } from './compiler.js';
import type { Firmware } from './firmware.js';
import { type BuildMode, harnessSources, type Platform, traceBufferBytes, writeHarness } from './harness.js';
import { inParallel } from './process.js';
import { writeSharedObject } from './shared-objects.js';
import type { ToolName } from './tools.js';

export type { BuildMode, Platform } from './harness.js';

export interface BuildRequest {
  readonly mode: BuildMode;
  readonly platform: Platform;
  /** On the host: with AddressSanitizer and UBSan, or as fast as it gets. */
  readonly sanitize?: boolean;
}

/** A firmware that was built. */
export interface Build {
  /** The program, relative to the build directory. */
  readonly image: string;
  /** The model's own objects, and those of the library functions that it may call. */
  readonly modelObjects: readonly string[];
  readonly libraryObjects: readonly string[];
  /** What the compiler knows of the stack of all functions of this build: see stack-bound.ts. Only to measure. */
  readonly callGraphs: readonly string[];
  readonly compiler: Compiler;
  readonly placement?: LinkerSections | undefined;
  readonly flags: readonly string[];
  readonly isa: Target['isa'];
}

/** Where the firmware's target is emulated. @throws InternalError for a target without a board */
export function boardOf({ target }: Firmware): Platform & { readonly kind: 'board' } {
  if (target.memory === undefined) throw new InternalError(`the target ${target.name} has no memory to build for`);
  return { kind: 'board', memory: target.memory, timer: target.qemu?.timer };
}

/** For all C of a build; sections for --gc-sections. */
const commonFlags = ['-std=c99', '-ffunction-sections', '-fdata-sections'];
/** Our own headers instead of newlib's: the same build with and without it. `unified` is today's Thumb syntax. */
const boardFlags = ['-O2', '-isystem', 'harness/include', '-masm-syntax-unified', '-fno-asynchronous-unwind-tables'];
/** Writes a .ci beside each object, and changes nothing in the object. */
const stackFlags = ['-fcallgraph-info=su'];
const measured = ({ mode, platform }: BuildRequest): boolean => mode === 'profile-total' && platform.kind === 'board';
const sanitizeFlags = [
  '-O1',
  '-g',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];
/** `__asm__` and the loops of memcpy, see memory.c. The warnings as for the model. */
const harnessFlags = ['-fno-builtin', '-Iharness', '-I.'];
const boardHarnessFlags = ['-fno-tree-loop-distribute-patterns'];

function flagsFor(firmware: Firmware, request: BuildRequest, directory: string): string[] {
  if (request.platform.kind === 'board') {
    const stack = measured(request) ? stackFlags : [];
    return [...firmware.target.compiler.flags, ...commonFlags, ...boardFlags, ...stack];
  }
  // Sanitizers print paths: relative ones.
  const paths = `-ffile-prefix-map=${directory}/=`;
  return request.sanitize === true ? [...commonFlags, paths, ...sanitizeFlags] : [...commonFlags, paths, '-O3'];
}

const compilerFor = ({ kind }: Platform): ToolName => (kind === 'board' ? 'armCompiler' : 'hostCompiler');
const objectOf = (source: string): string => source.replace(/\.c$/, '.o');

/**
 * Compiles the generated sources and the test harness, and links them.
 *
 * @param directory an empty directory; everything is named relative to it
 * @throws CompileError E0801 tool missing, E0802 does not compile, E0803 does not fit the board
 */
export async function buildFirmware(firmware: Firmware, request: BuildRequest, directory: string): Promise<Build> {
  const compiler = new Compiler(compilerFor(request.platform), directory);
  const flags = flagsFor(firmware, request, directory);
  writeHarness(directory, firmware, request.mode, request.platform);
  const modelObjects = await compileModel(compiler, flags, firmware, request.mode, directory);
  const link = async (traceBytes: number) => {
    const harness = await buildHarness(compiler, firmware, request, traceBytes, directory);
    await linkFirmware(compiler, flags, request, [...modelObjects, ...harness]);
    return harness;
  };
  const harness = await link(traceBufferBytes(request.platform)).catch(error => {
    // Without a buffer a trace takes longer, but needs no RAM of the board.
    if (request.mode === 'trace' && error instanceof CompileError && error.diagnostics[0]?.code === 'E0803') {
      return link(0);
    }
    throw error;
  });
  const libraryObjects = harness.filter(object => object.endsWith('/memory.o'));
  const callGraphs = measured(request) ? [...modelObjects, ...libraryObjects].map(o => o.replace(/\.o$/, '.ci')) : [];
  const { placement, isa } = firmware.target;
  return { image: 'firmware.elf', modelObjects, libraryObjects, callGraphs, compiler, flags, placement, isa };
}

/** The profile times steps: to see the rows would count as a part of them. */
const traceDefines = (mode: BuildMode): readonly string[] =>
  hooked(mode) ? ['-DEFFNETC_TRACE', ...(mode === 'profile-layers' ? ['-DEFFNETC_TRACE_TIMES'] : [])] : [];
const hooked = (mode: BuildMode): boolean => mode === 'trace' || mode === 'profile-layers';

async function compileModel(
  compiler: Compiler,
  flags: readonly string[],
  firmware: Firmware,
  mode: BuildMode,
  directory: string,
): Promise<string[]> {
  mkdirSync(join(directory, 'model'), { recursive: true });
  for (const [name, text] of firmware.files) writeFileSync(join(directory, 'model', name), text);
  const sources = [...firmware.files.keys()].filter(name => name.endsWith('.c')).map(name => `model/${name}`);
  const trace = hooked(mode) ? [...traceDefines(mode), '-Iharness'] : [];
  await inParallel(
    2,
    sources.map(
      source => () =>
        compiler.run(`compile the generated ${source.slice('model/'.length)}`, [
          ...flags,
          ...warningFlags,
          ...trace,
          '-c',
          source,
          '-o',
          objectOf(source),
        ]),
    ),
  );
  return sources.map(objectOf);
}

/** What the harness of a request is compiled with, but for the flags of the target. */
function harnessArguments({ mode, platform, sanitize }: BuildRequest, traceBytes: number): string[] {
  return [
    ...warningFlags,
    ...harnessFlags,
    ...traceDefines(mode),
    ...(mode === 'trace' ? [`-DTRACE_BUFFER_BYTES=${traceBytes}`] : []),
    ...(sanitize === true ? ['-DHARNESS_SANITIZE'] : []),
    ...(platform.kind === 'board' ? boardHarnessFlags : []),
  ];
}

async function buildHarness(
  compiler: Compiler,
  firmware: Firmware,
  request: BuildRequest,
  traceBytes: number,
  directory: string,
): Promise<readonly string[]> {
  const { mode, platform } = request;
  const tool = compilerFor(platform);
  const args = (where: string) => [...flagsFor(firmware, request, where), ...harnessArguments(request, traceBytes)];
  const sources = harnessSources(mode, platform);
  await inParallel(
    2,
    sources.map(source => () => {
      const { path, shared } = source;
      if (shared) return writeSharedObject({ tool, source, args }, compiler, directory);
      return compiler.run('compile the test harness', [...args(directory), '-c', path, '-o', objectOf(path)]);
    }),
  );
  return sources.map(({ path }) => objectOf(path));
}

function linkFirmware(
  compiler: Compiler,
  flags: readonly string[],
  { platform }: BuildRequest,
  objects: readonly string[],
): Promise<void> {
  const board = platform.kind === 'board';
  const layout = board ? ['-nostdlib', '-nostartfiles', '-Wl,--gc-sections', '-T', 'harness/link.ld'] : [];
  const libraries = board ? ['-lgcc'] : [];
  return compiler.run('link the firmware', [...flags, ...layout, ...objects, ...libraries, '-o', 'firmware.elf']);
}

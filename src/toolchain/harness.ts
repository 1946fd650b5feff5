import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateEngine } from '../emit/engine.js';
import { sectionViews } from '../emit/section-views.js';
import { packageRoot } from '../package-root.js';
import type { EmulatedMemory, LinkerSections, TargetTimer } from '../target/target.js';
import type { Firmware } from './firmware.js';

/** What a build is for. */
export type BuildMode = 'run' | 'trace' | 'profile-total' | 'profile-layers';

/** What the harness is built for: a board with memory, or this machine. */
export type Platform =
  | { readonly kind: 'board'; readonly memory: EmulatedMemory; readonly timer?: TargetTimer | undefined }
  | { readonly kind: 'host' };

/** A C file of the harness. */
export interface HarnessSource {
  /** Below the build directory. */
  readonly path: string;
  /** It is the same for all models: it includes nothing that {@link writeHarness} makes from one. */
  readonly shared: boolean;
}

const own = (file: string): HarnessSource => ({ path: `harness/${file}`, shared: false });
const shared = (file: string): HarnessSource => ({ path: `harness/${file}`, shared: true });

/** Sources by purpose. What is measured knows the model: a call in between would count. */
const mains: Readonly<Record<BuildMode, readonly HarnessSource[]>> = {
  run: [shared('harness.c')],
  trace: [shared('harness.c'), shared('trace.c')],
  'profile-total': [own('profile_total.c')],
  'profile-layers': [own('profile_layers.c')],
};
const platforms: Readonly<Record<Platform['kind'], readonly HarnessSource[]>> = {
  board: [shared('startup.c'), shared('port_semihosting.c'), shared('memory.c')],
  host: [shared('port_host.c')],
};

/** The C files of a harness, in the order in which they are linked. */
export const harnessSources = (mode: BuildMode, platform: Platform): readonly HarnessSource[] => [
  own('buffers.c'),
  ...mains[mode],
  ...platforms[platform.kind],
];

/** In a directory of their own: no name of a model, and so none of its headers, has a slash. */
const headers = [
  'effnetc_harness/buffers.h',
  'effnetc_harness/port.h',
  'effnetc_harness/trace.h',
  'effnetc_harness/timer.h',
  'effnetc_trace.h',
  'include/stdint.h',
  'include/string.h',
];

/** Frames of two nested exceptions, and what port_exit needs. */
const exceptionStackBytes = 256;
/** Less cannot hold even the harness and one small function. */
const minimumStackBytes = 256;

/** Large where memory is no concern: each flush stops the emulator. */
export function traceBufferBytes(platform: Platform): number {
  if (platform.kind === 'host') return 65536;
  return platform.memory.ram.bytes >= 1024 * 1024 ? 65536 : 1024;
}

/** Bytes of an element of the input. */
const inputBytesOf = ({ inputType }: Firmware): number => (inputType === 'int16_t' ? 2 : 1);

/** Writes these sources and all headers that no model changes into `directory`/harness. */
export function copyHarness(directory: string, sources: readonly HarnessSource[]): void {
  const from = join(packageRoot(), 'templates');
  for (const folder of ['include', 'effnetc_harness']) {
    mkdirSync(join(directory, 'harness', folder), { recursive: true });
  }
  for (const file of [...headers.map(header => `harness/${header}`), ...sources.map(({ path }) => path)]) {
    copyFileSync(join(from, file), join(directory, file));
  }
}

/** Writes the test harness for a firmware into `directory`/harness. */
export function writeHarness(directory: string, firmware: Firmware, mode: BuildMode, platform: Platform): void {
  copyHarness(directory, harnessSources(mode, platform));
  const engine = new TemplateEngine(join(packageRoot(), 'templates'));
  const from = join(packageRoot(), 'templates', 'harness');
  const to = join(directory, 'harness');
  const timer = platform.kind === 'board' ? platform.timer : undefined;
  if (timer !== undefined) {
    copyFileSync(join(from, `effnetc_harness/timer_${timer.kind}.h`), join(to, 'effnetc_harness/timer_kind.h'));
  }
  const config = {
    name: firmware.name,
    inputType: firmware.inputType,
    // Before the input: its address is a multiple of what the type promises, and of no more.
    inputShift: firmware.consumesInput ? 4 : inputBytesOf(firmware),
    outputType: firmware.outputType,
    inputBytes: firmware.inputBytes,
    inputRows: firmware.inputRows,
    inputRowElements: firmware.inputBytes / firmware.inputRows / inputBytesOf(firmware),
    pushesRows: firmware.entry === 'push-row',
    consumesInput: firmware.consumesInput,
    outputBytes: firmware.outputBytes,
    timerAddress: timer?.address ?? 0,
  };
  writeFileSync(join(to, 'effnetc_harness/config.h'), engine.render('harness/effnetc_harness/config.h', config));
  if (platform.kind === 'board')
    writeFileSync(
      join(to, 'link.ld'),
      engine.render('harness/link.ld', linkView(platform.memory, firmware.target.placement)),
    );
}

function linkView({ vectors, code, ram }: EmulatedMemory, placement: LinkerSections = {}): object {
  const places = sectionViews(placement);
  const regions = [
    { name: 'CODE', ...code },
    { name: 'RAM', ...ram },
    ...places.map(({ region, origin, bytes }) => ({ name: region, origin, bytes })),
  ];
  if (vectors !== undefined) regions.unshift({ name: 'VECTORS', ...vectors });
  return {
    regions,
    places,
    vectorsRegion: vectors === undefined ? 'CODE' : 'VECTORS',
    exceptionStackBytes,
    minimumStackBytes,
  };
}

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateEngine } from '../emit/engine.js';
import { placeViews } from '../emit/place-views.js';
import { packageRoot } from '../package-root.js';
import type { Firmware } from '../run/driver.js';
import type { EmulatedMemory, TargetPlacement, TargetTimer } from '../target/target.js';

/** What a build is for. */
export type BuildMode = 'run' | 'trace' | 'profile-total' | 'profile-layers';

/** What the harness is built for: a board with memory, or this machine. */
export type Platform =
  | { readonly kind: 'board'; readonly memory: EmulatedMemory; readonly timer?: TargetTimer | undefined }
  | { readonly kind: 'host' };

/** Sources by purpose. */
const mains: Readonly<Record<BuildMode, readonly string[]>> = {
  run: ['harness.c'],
  trace: ['harness.c', 'trace.c'],
  'profile-total': ['profile_total.c'],
  'profile-layers': ['profile_layers.c'],
};
const platforms: Readonly<Record<Platform['kind'], readonly string[]>> = {
  board: ['startup.c', 'port_semihosting.c', 'memory.c'],
  host: ['port_host.c'],
};
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

/**
 * Writes the test harness for a firmware into `directory`/harness.
 *
 * @returns the names of its C files below `directory`
 */
export function writeHarness(
  directory: string,
  firmware: Firmware,
  mode: BuildMode,
  platform: Platform,
  traceBytes: number,
): string[] {
  const engine = new TemplateEngine(join(packageRoot(), 'templates'));
  const from = join(packageRoot(), 'templates', 'harness');
  const to = join(directory, 'harness');
  for (const folder of ['include', 'effnetc_harness']) mkdirSync(join(to, folder), { recursive: true });
  const sources = ['buffers.c', ...mains[mode], ...platforms[platform.kind]];
  for (const file of [...headers, ...sources]) copyFileSync(join(from, file), join(to, file));
  const timer = platform.kind === 'board' ? platform.timer : undefined;
  if (timer !== undefined) {
    copyFileSync(join(from, `effnetc_harness/timer_${timer.kind}.h`), join(to, 'effnetc_harness/timer_kind.h'));
  }
  const config = {
    name: firmware.name,
    inputType: firmware.inputType,
    // In front of the input: its address is a multiple of what the type promises, and of no more.
    inputShift: firmware.consumesInput ? 4 : inputBytesOf(firmware),
    outputType: firmware.outputType,
    inputBytes: firmware.inputBytes,
    inputRows: firmware.inputRows,
    inputRowElements: firmware.inputBytes / firmware.inputRows / inputBytesOf(firmware),
    pushesRows: firmware.entry === 'push-row',
    consumesInput: firmware.consumesInput,
    outputBytes: firmware.outputBytes,
    traceBufferBytes: traceBytes,
    timerAddress: timer?.address ?? 0,
  };
  writeFileSync(join(to, 'effnetc_harness/config.h'), engine.render('harness/effnetc_harness/config.h', config));
  if (platform.kind === 'board')
    writeFileSync(
      join(to, 'link.ld'),
      engine.render('harness/link.ld', linkView(platform.memory, firmware.target.placement)),
    );
  return sources.map(file => `harness/${file}`);
}

function linkView({ vectors, code, ram }: EmulatedMemory, placement: TargetPlacement = {}): object {
  const places = placeViews(placement);
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/pipeline/index.js';
import { profileFirmware } from '../../src/run/profile.js';
import { loadTarget } from '../../src/target/load-target.js';
import { boardOf, buildFirmware } from '../../src/toolchain/build-firmware.js';
import { disassemble } from '../../src/toolchain/disassembly.js';
import { quantisedExample } from '../e2e/demo-network.js';
import { needsTool } from '../emulation/tools.js';

interface Loop {
  readonly function: string;
  readonly instructions: readonly string[];
}

/** The innermost loops of a listing of objdump: what a branch goes back over, without another such branch inside. */
function innermostLoops(listing: string): Loop[] {
  const loops: Loop[] = [];
  let name = '';
  let lines: { readonly address: number; readonly text: string }[] = [];
  for (const line of listing.split('\n')) {
    const heading = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (heading !== null) {
      name = heading[1];
      lines = [];
      continue;
    }
    const found = /^\s*([0-9a-f]+):\t(.+)$/.exec(line);
    if (found === null) continue;
    const address = Number.parseInt(found[1], 16);
    lines.push({ address, text: found[2].replace(/\s+/g, ' ') });
    const target = /^b[a-z]*(?:\.[nw])? ([0-9a-f]+) </.exec(lines.at(-1)?.text ?? '')?.[1];
    const first = target === undefined ? address + 1 : Number.parseInt(target, 16);
    if (first > address) continue;
    const body = lines.filter(l => l.address >= first);
    lines = lines.filter(l => l.address < first);
    loops.push({ function: name, instructions: body.map(l => l.text) });
  }
  return loops;
}

const multiplies = ({ instructions }: Loop): number => instructions.filter(text => /^smla/.test(text)).length;

describe.skipIf(!needsTool('arm-none-eabi-gcc'))('inner loops on the DSP extension', () => {
  it.each([
    ['native', 7_000_000],
    ['tflite', 8_000_000],
  ] as const)(
    'touch no stack, and multiply most of the time, so that EffNet CIFAR-10 stays within its limit: %s, %i',
    async (rounding, most) => {
      const loaded = await quantisedExample('model.ts', 'effnet_relu.npz', rounding, 16);
      const { firmware } = compileModel(loaded, loadTarget('cortex-m4'), '0.0.0');
      const directory = mkdtempSync(join(tmpdir(), 'effnetc-loops-'));
      try {
        const build = await buildFirmware(firmware, { mode: 'profile-total', platform: boardOf(firmware) }, directory);
        const loops = innermostLoops(await disassemble(build)).filter(loop => multiplies(loop) > 0);
        const names = [...new Set(loops.map(loop => loop.function))];
        for (const kind of [/^tile_2x2_16$/, /^tile_2x2_4$/, /_dwconv_1x3_position$/, /_dwconv_3x1_position$/]) {
          expect(
            names.filter(name => kind.test(name)),
            String(kind),
          ).not.toEqual([]);
        }
        const touching = loops.filter(({ instructions }) => instructions.some(text => /\bsp\b/.test(text)));
        expect(touching.map(loop => loop.function).filter(name => /^tile|^dot|_position$/.test(name))).toEqual([]);
        const tile = loops.find(loop => loop.function === 'tile_2x2_16');
        expect(tile && multiplies(tile) / tile.instructions.length).toBeGreaterThan(0.6);
        if (needsTool('qemu-system-arm')) {
          expect((await profileFirmware(firmware)).instructions).toBeLessThanOrEqual(most);
        }
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    120_000,
  );
});

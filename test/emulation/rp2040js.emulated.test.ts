import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/diagnostics/diagnostic.js';
import { createRp2040Driver, rp2040Driver } from '../../src/run/rp2040js.js';
import { elfSegments } from '../../src/toolchain/elf.js';
import { failureOf, toyFirmware, toyLayers, toyVectors } from './firmware.js';
import { needsTool } from './tools.js';

const noTrace = { trace: false };

describe.skipIf(!needsTool('arm-none-eabi-gcc'))('rp2040js driver', () => {
  it.each(['cortex-m0', 'microbit'])('%s: outputs, and every row of every layer', async target => {
    const vectors = toyVectors(9);
    const result = await rp2040Driver.run(toyFirmware(target), vectors, { trace: true });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toEqual(vectors.map(toyLayers));
  });

  it.each([
    ['bad_address', 'E0805', 'the generated code ended with HardFault at vector 0 on rp2040js'],
    ['unaligned', 'E0805', 'the generated code ended with HardFault at vector 0 on rp2040js'],
    ['deep', 'E0810', 'the stack overflowed at vector 0 on rp2040js'],
  ])('%s ends with a diagnostic', async (source, code, message) => {
    const found = await failureOf(rp2040Driver.run(toyFirmware('cortex-m0', source), toyVectors(1), noTrace));
    expect(found).toMatchObject({ code, message });
  });

  it('an endless loop ends with a diagnostic', async () => {
    const driver = createRp2040Driver(500);
    const found = await failureOf(driver.run(toyFirmware('cortex-m0', 'endless'), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0804',
      message: 'vector 0 did not come to an end within 0.5 s on rp2040js',
    });
  });

  it('is available for Armv6-M only', () => {
    expect(rp2040Driver.unavailable(toyFirmware('microbit'))).toBeUndefined();
    expect(rp2040Driver.unavailable(toyFirmware('cortex-m4'))).toBe(
      "rp2040js runs code for Armv6-M only, not for the target 'cortex-m4'",
    );
  });
});

describe('elfSegments', () => {
  it('refuses what is no ELF file', () => {
    expect(() => elfSegments(new Uint8Array(100))).toThrow(InternalError);
    expect(() => elfSegments(new Uint8Array(3))).toThrow(InternalError);
  });
});

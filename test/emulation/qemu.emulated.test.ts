import { describe, expect, it } from 'vitest';
import { createQemuDriver, qemuDriver } from '../../src/run/qemu.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import { failureOf, toyFirmware, toyLayers, toyVectors } from './firmware.js';
import { needsTool } from './tools.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');
const emulated = listTargets().filter(name => loadTarget(name).qemu !== undefined);
const noTrace = { trace: false };

describe.skipIf(!here)('qemu driver', () => {
  it.each(emulated)('%s: outputs, and every row of every layer', async target => {
    const vectors = toyVectors(3);
    const result = await qemuDriver.run(toyFirmware(target), vectors, { trace: true });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toEqual(vectors.map(toyLayers));
  });

  it('runs many vectors in two processes; trace buffers overflow and are flushed', async () => {
    const vectors = toyVectors(301);
    const result = await qemuDriver.run(toyFirmware('microbit'), vectors, { trace: true });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toEqual(vectors.map(toyLayers));
  });

  it('without trace, with progress', async () => {
    const vectors = toyVectors(9);
    const progress: number[] = [];
    const onProgress = (done: number): number => progress.push(done);
    const result = await qemuDriver.run(toyFirmware('cortex-m4'), vectors, { trace: false, onProgress });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toBeUndefined();
    expect(progress.at(-1)).toBe(9);
  });

  it.each(['microbit', 'cortex-m4', 'cortex-m55'])('%s: a stack overflow is named', async target => {
    const found = await failureOf(qemuDriver.run(toyFirmware(target, 'deep'), toyVectors(1), noTrace));
    expect(found).toMatchObject({ code: 'E0810', message: 'the stack overflowed at vector 0 on QEMU' });
  });

  it.each([
    ['cortex-m0', 'bad_address', 'HardFault'],
    ['cortex-m4', 'bad_address', 'HardFault'],
    ['cortex-m33', 'bad_address', 'HardFault'],
    ['cortex-m0', 'unaligned', 'HardFault'],
  ])('%s: %s ends with a %s', async (target, source, fault) => {
    const found = await failureOf(qemuDriver.run(toyFirmware(target, source), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0805',
      message: `the generated code ended with ${fault} at vector 0 on QEMU`,
      notes: [{ message: expect.stringMatching(/^an access to memory that is not there/) }],
    });
  });

  it('guard bytes find a write outside of a buffer', async () => {
    const found = await failureOf(qemuDriver.run(toyFirmware('cortex-m3', 'overrun'), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0806',
      message: 'the generated code wrote after the output buffer at vector 0 on QEMU',
    });
  });

  it('an endless loop ends with a diagnostic', async () => {
    const found = await failureOf(
      createQemuDriver(1000).run(toyFirmware('cortex-m4', 'endless'), toyVectors(1), noTrace),
    );
    expect(found).toMatchObject({ code: 'E0804', message: 'vector 0 did not come to an end within 1 s on QEMU' });
  });

  it('a model that is too large for the board is refused by the linker', async () => {
    const found = await failureOf(qemuDriver.run(toyFirmware('microbit', 'large'), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0803',
      message: 'the firmware does not fit into the memory of the emulated board',
    });
  });

  it('the trace does without its buffer where RAM is short', async () => {
    const vectors = toyVectors(2);
    // Of 16,384 bytes so much is left that a trace buffer of 1,024 does not fit.
    const firmware = toyFirmware('microbit');
    const files = new Map(firmware.files);
    files.set('toy.c', `${firmware.files.get('toy.c')?.replace('rows[4][6]', 'rows[2500][6]')}`);
    const result = await qemuDriver.run({ ...firmware, files }, vectors, { trace: true });
    expect(result.layers).toEqual(vectors.map(toyLayers));
  });

  it('is not available for the host', () => {
    expect(qemuDriver.unavailable(toyFirmware('host'))).toBe("the target 'host' has no board in QEMU");
    expect(qemuDriver.unavailable(toyFirmware('cortex-m4'))).toBeUndefined();
  });
});

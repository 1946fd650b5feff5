import { describe, expect, it } from 'vitest';
import { createHostDriver, fastHostDriver, hostDriver } from '../../src/run/host.js';
import { failureOf, toyFirmware, toyLayers, toyVectors } from './firmware.js';
import { needsTool } from './tools.js';

const noTrace = { trace: false };

describe.skipIf(!needsTool('gcc'))('host driver', () => {
  it('gives outputs and every row of every layer, in order', async () => {
    const vectors = toyVectors(3);
    const result = await hostDriver.run(toyFirmware('host'), vectors, { trace: true });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toEqual(vectors.map(toyLayers));
  });

  it('runs many vectors in two processes, with progress', async () => {
    const vectors = toyVectors(1001);
    let last = [0, 0];
    const result = await fastHostDriver.run(toyFirmware('host'), vectors, {
      trace: false,
      onProgress: (done, total) => {
        last = [done, total];
      },
    });
    expect(result.outputs).toEqual(vectors.map(vector => toyLayers(vector)[1]));
    expect(result.layers).toBeUndefined();
    expect(last).toEqual([1001, 1001]);
  });

  it.each([
    ['overrun', 'use-after-poison'],
    ['underrun', 'use-after-poison'],
    ['overread', 'use-after-poison'],
    ['overflow', "signed integer overflow: 1 + 2147483647 cannot be represented in type 'int'"],
  ])('%s is found by the sanitizers', async (source, finding) => {
    const vectors = [new Uint8Array(24), new Uint8Array(24).fill(1)];
    const found = await failureOf(hostDriver.run(toyFirmware('host', source), vectors, noTrace));
    expect(found.code).toBe('E0807');
    const vector = source === 'overflow' ? 1 : 0;
    expect(found.message).toBe(`the generated code has undefined behaviour at vector ${vector}: ${finding}`);
    expect(found.notes[0]?.message).toMatch(/model\/toy\.c:\d+/);
    expect(found.notes[0]?.message).not.toMatch(/\/tmp|\/home|==\d+==/);
  });

  it.each([
    ['overrun', 'the generated code wrote after the output buffer at vector 0 on the host'],
    ['underrun', 'the generated code wrote before the input buffer at vector 0 on the host'],
    ['writes_input', 'the generated code changed the input at vector 0 on the host'],
  ])('%s is found by guard bytes without sanitizers', async (source, message) => {
    const found = await failureOf(fastHostDriver.run(toyFirmware('host', source), toyVectors(1), noTrace));
    expect(found).toMatchObject({ code: 'E0806', message });
  });

  it('a warning of the generated code is an error, with the text of the compiler', async () => {
    const found = await failureOf(hostDriver.run(toyFirmware('host', 'warning'), toyVectors(1), noTrace));
    expect(found).toMatchObject({ code: 'E0802', message: 'gcc cannot compile the generated toy.c' });
    expect(found.notes[0]?.message).toMatch(
      /^model\/toy\.c: In function .*\nmodel\/toy\.c:4:\d+: error: unused variable /,
    );
  });

  it('an endless loop ends with a diagnostic', async () => {
    const driver = createHostDriver({ sanitize: false, timeoutMs: 500 });
    const found = await failureOf(driver.run(toyFirmware('host', 'endless'), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0804',
      message: 'vector 0 did not come to an end within 0.5 s on the host',
    });
  });

  it('an access to nowhere ends with a diagnostic', async () => {
    const found = await failureOf(fastHostDriver.run(toyFirmware('host', 'bad_address'), toyVectors(1), noTrace));
    expect(found).toMatchObject({
      code: 'E0805',
      message: 'the generated code crashed on the host at vector 0: SIGSEGV',
    });
  });

  it('a trace that lacks rows ends with a diagnostic', async () => {
    const firmware = toyFirmware('host', 'missing_row');
    const found = await failureOf(hostDriver.run(firmware, toyVectors(1), { trace: true }));
    expect(found).toMatchObject({
      code: 'E0808',
      message: 'the trace of the firmware ends in vector 0, before row 1 of layer scale',
    });
  });
});

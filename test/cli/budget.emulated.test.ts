import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const user = new Workspace();
const model = (
  words: string,
  input: string,
  body: string,
): string => `import { defineModel, input, ${words} } from 'effnetc';

export default defineModel('net', () => {
  let x = input({ ${input}, scale: 1 / 255, zeroPoint: -128 });
${body}
});
`;

beforeAll(() => {
  // 19,200 bytes of arena.
  user.write(
    'tall.ts',
    model(
      'conv, depthwiseConv',
      'height: 64, width: 96, channels: 3',
      `  x = conv(x, { name: 'a', channels: 40, kernel: 1 });
  x = depthwiseConv(x, { name: 'd', kernel: [5, 1], padding: 'same' });
  return conv(x, { name: 'b', channels: 4, kernel: 1, stride: 16 });`,
    ),
  );
  // The output is more than half of the micro:bit's RAM.
  user.write(
    'wide.ts',
    model(
      'conv',
      'height: 48, width: 32, channels: 3',
      `  return conv(x, { name: 'c', channels: 6, kernel: 3, padding: 'same' });`,
    ),
  );
  // More weights than the micro:bit has flash, and more RAM.
  user.write(
    'fat.ts',
    model(
      'conv, dense, flatten',
      'height: 64, width: 64, channels: 4',
      `  x = conv(x, { name: 'c', channels: 8, kernel: 3, stride: 4 });
  return dense(flatten(x), { name: 'fc', units: 300 });`,
    ),
  );
});
afterAll(() => user.remove());

const compile = (file: string, ...more: readonly string[]) =>
  user.run(['compile', file, '--random-weights --target microbit -o out', ...more].join(' ').trim());

describe('the RAM of the target', () => {
  it.each(['', '--max-ram 64K', '--max-flash 1M'])('is a limit whatever the user allows: %s', async more => {
    const { code, stderr } = await compile('tall.ts', more);
    expect(code).toBe(1);
    expect(stderr.match(/^error.*$/gm)).toEqual([
      expect.stringMatching(/^error\[E0601\]: net needs \d+ bytes of RAM; microbit has 16384: \d+ too many$/),
    ]);
  });

  it('and of the user, and flash, are all reported at once', async () => {
    const { stderr } = await compile('fat.ts', '--max-ram 100', '--max-flash 1K');
    expect(stderr.match(/^error\[E\d+\]|(?:--[\w-]+ allows|microbit has) \d+/gm)).toEqual([
      ...['error[E0601]', '--max-ram allows 100'],
      ...['error[E0601]', 'microbit has 16384'],
      ...['error[E0602]', '--max-flash allows 1024'],
      ...['error[E0602]', 'microbit has 262144'],
    ]);
    expect(stderr).toMatch(/help: .*raise --max-ram to \d+ or more$/m);
    expect(stderr).toMatch(/help: .*raise --max-flash to \d+ or more$/m);
    expect(stderr).toMatch(/help: .*take a target with more flash$/m);
  });
});

describe('limits that are met', () => {
  it('stand in the C, the smaller of those of user and target', async () => {
    const c = async (more: string) => {
      expect((await compile('wide.ts', more)).code).toBe(0);
      return user.read('out/net.c');
    };
    expect(await c('--max-ram 5000')).toContain(
      '#define NET_MAX_RAM 2044 /* 16384 of microbit, less 4608 for the input',
    );
    expect(await c('--max-ram 1000')).toContain('#define NET_MAX_RAM 1000 /* --max-ram */');
    expect(await c('--max-flash 9000')).toContain('#define NET_MAX_FLASH 9000 /* --max-flash */');
  });
});

describe('the budget of an entry', () => {
  it('counts output rows that wait and input rows that are kept where rows are pushed, and names them', async () => {
    const whole = await compile('wide.ts');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain('where rows are pushed, 288 B of input rows and 9,216 B of output rows besides');
    const { ram } = JSON.parse((await compile('wide.ts', '--json')).stdout);
    expect(ram).toMatchObject({ keptInput: 288, keptOutput: 9216 });

    const pushed = await compile('wide.ts', '--entry push-row');
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain(
      '288 for input rows that are kept, 9216 for output rows that wait for the end, ' +
        '96 for a row of the input, 9216 for the output, 516 for the stack',
    );
    expect(pushed.stderr).toMatch(/note: with --entry infer it needs \d+ bytes, and fits$/m);
    for (const command of ['profile', 'verify']) {
      const { code, stderr } = await user.run(`${command} wide.ts --random-weights --target microbit --entry push-row`);
      expect({ code, kind: stderr.slice(0, 12) }).toEqual({ code: 1, kind: 'error[E0601]' });
    }
  });

  it('counts them for --max-ram, too', async () => {
    // With the portable kernels there is no arena.
    const of = (entry: string, bytes: number) =>
      user.run(`compile wide.ts --random-weights --target host -o out --entry ${entry} --max-ram ${bytes}`);
    expect((await of('infer', 1)).code).toBe(0);
    expect((await of('push-row', 9504)).code).toBe(0);
    expect((await of('push-row', 9503)).code).toBe(1);
  });

  it('counts the whole input where that is handed in', async () => {
    user.write(
      'deep.ts',
      model(
        'conv, dense',
        'height: 80, width: 80, channels: 3',
        `  x = conv(x, { name: 'c', channels: 4, kernel: 4, stride: 4 });
  return dense(x, { name: 'fc', units: 2 });`,
      ),
    );
    const whole = await compile('deep.ts');
    expect(whole.code).toBe(1);
    expect(whole.stderr).toMatch(/19200 for the input/);
    expect(whole.stderr).toContain('note: --consume-input needs less where rows may be made over the image');
    expect((await compile('deep.ts', '--consume-input')).stderr).not.toContain('note: --consume-input');
    expect(whole.stderr).toMatch(/with --entry push-row it needs \d+ bytes, and fits/);
    expect((await compile('deep.ts', '--entry push-row')).code).toBe(0);
  });
});

describe('what a message says', () => {
  it('adds up: parts that share bytes are said to', async () => {
    user.write(
      'over.ts',
      model(
        'conv, activation, dense',
        'height: 8, width: 8, channels: 3',
        `  x = conv(x, { name: 'a', channels: 8, kernel: 1 });
  x = conv(x, { name: 'b', channels: 8, kernel: [3, 1], padding: 'same' });
  return dense(x, { name: 'fc', units: 2 });`,
      ),
    );
    const { stderr } = await compile('over.ts', '--max-ram 16');
    const [, live, contents] =
      /note: (\d+) bytes are live while layer '\w+' \(\w+\) makes a row: (.*)$/m.exec(stderr) ?? [];
    const parts = [...(contents ?? '').matchAll(/(\d+) bytes of/g)].map(([, bytes]) => Number(bytes));
    const shared = Number(/; (\d+) bytes are in two of these/.exec(contents ?? '')?.[1] ?? 0);
    expect(shared).toBeGreaterThan(0);
    expect(parts.reduce((a, b) => a + b, 0) - shared).toBe(Number(live));
  });

  it('names the layer with most bytes, not with most values', async () => {
    // 12 weights of a byte for each channel of the first; a bias and a factor, of 4 bytes each, for those of the second.
    user.write(
      'bytes.ts',
      model(
        'conv, depthwiseConv',
        'height: 4, width: 4, channels: 4',
        `  x = conv(x, { name: 'many', channels: 16, kernel: [1, 3] });
  return depthwiseConv(x, { name: 'heavy', kernel: 1, multiplier: 4 });`,
      ),
    );
    const { stderr } = await compile('bytes.ts', '--max-flash 64');
    expect(stderr).toMatch(
      /note: \d+ bytes belong to layer 'heavy' \(depthwiseConv\), more than to any other; \d+ to the/,
    );
  });
});

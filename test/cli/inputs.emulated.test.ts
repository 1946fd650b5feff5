import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputMeaning, rangeThatPixelsMiss, toQuantised } from '../../src/quantize/inputs.js';
import { denseBody, modelText, Workspace } from './workspace.js';

const user = new Workspace();
const rgba = (size: number) => Uint8Array.from({ length: size * size * 4 }, (_, i) => (i % 4 === 3 ? 255 : i & 255));
function png(size: number): Uint8Array {
  const image = new PNG({ width: size, height: size });
  image.data.set(rgba(size));
  return PNG.sync.write(image);
}
const jpeg = (size: number) => encode({ width: size, height: size, data: rgba(size) }, 90).data;

/** A PNG of 60,000 x 60,000 as far as its header goes. */
function hugePng(): Uint8Array {
  const bytes = Uint8Array.from(png(4));
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 60_000);
  view.setUint32(20, 60_000);
  return bytes;
}

beforeAll(async () => {
  await user.fill();
  user.write('good.png', png(4));
  user.write('good.jpg', jpeg(4));
  user.write('png.jpg', png(4));
  user.write('array.png', modelText(denseBody));
  user.write('cut.png', png(4).slice(0, -30));
  user.write('head.png', png(4).slice(0, 20));
  user.write('empty.png', '');
  user.write('cut.jpg', jpeg(4).slice(0, 400));
  user.write('head.jpg', jpeg(4).slice(0, 10));
  user.write('empty.npy', '');
  user.write('large.png', png(5));
  user.write('large.jpg', jpeg(5));
  user.write('huge.png', hugePng());
});
afterAll(() => user.remove());
const run = (input: string, more = '') =>
  user.run(`run model.ts --weights q.safetensors --input ${input} ${more}`.trim());

describe('run takes', () => {
  it.each(['good.png', 'good.jpg', 'png.jpg', 'x.npy'])('%s', async input => {
    expect(await run(input)).toMatchObject({ code: 0, stderr: '' });
  });

  it('an image by its content, whatever its name says', async () => {
    expect((await run('png.jpg')).stdout).toBe((await run('good.png')).stdout);
  });
});

describe('run refuses', () => {
  it.each([
    'nowhere.png',
    'nowhere.npy',
    '.',
    'array.png',
    'cut.png',
    'head.png',
    'empty.png',
    'cut.jpg',
    'head.jpg',
    'empty.npy',
    'large.png',
    'large.jpg',
    'huge.png',
  ])('%s', async input => {
    const { code, stdout, stderr } = await run(input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(`\n${stderr}`).toMatchSnapshot();
  });
});

describe('pixels', () => {
  const source = (attributes: Record<string, number | readonly number[]>) => ({
    name: 'x',
    op: 'input',
    inputs: [],
    attributes: { height: 1, width: 1, channels: 4, ...attributes },
    constants: {},
    type: { dtype: 'f32' as const, shape: { height: 1, width: 1, channels: 4 } },
  });
  const pixels = Uint8Array.of(0, 1, 128, 255);

  it('are p / 255 by default, and the low and the high end otherwise', () => {
    const unit = source({ scale: 1 / 255, zeroPoint: -128 });
    expect([...toQuantised('pixels', pixels, inputMeaning(unit))]).toEqual([-128, -127, 0, 127]);
    const signed = source({ scale: 1 / 127, zeroPoint: 0, pixels: [-1, 1] });
    expect([...toQuantised('pixels', pixels, inputMeaning(signed))]).toEqual([-127, -126, 0, 127]);
  });

  it.each([
    [{ scale: 1 / 255, zeroPoint: -128 }, undefined],
    [{ scale: 1 / 256, zeroPoint: -128 }, undefined],
    [{ scale: 1 / 127.5, zeroPoint: 0, pixels: [-1, 1] }, undefined],
    [{ scale: 1, zeroPoint: -128, pixels: [0, 255] }, undefined],
    [{}, undefined],
    [{ scale: 1 / 127.5, zeroPoint: -1 }, [-127 / 127.5, 128 / 127.5]],
    [{ scale: 1, zeroPoint: -128 }, [0, 255]],
    [{ scale: 1 / 255, zeroPoint: 0 }, [-128 / 255, 127 / 255]],
  ])('that do not suit the declared scale are noticed: %j', (attributes, range) => {
    expect(rangeThatPixelsMiss(source(attributes))).toEqual(range);
  });

  it.each([
    [{ pixels: [0, 1] }, undefined],
    [{ pixels: [-1, 1] }, undefined],
    [{ pixels: [0, 255] }, [0, 1]],
  ])('may be the upper half of int16, which is symmetric: %j', (attributes, range) => {
    const scale = 1 / 32767;
    const node = source({ ...attributes, scale, zeroPoint: 0 });
    const type = { ...node.type, dtype: 'i16', quantisation: { scale, zeroPoint: 0, bits: 16 } } as const;
    expect(rangeThatPixelsMiss({ ...node, type })).toEqual(range);
  });

  it('make a warning where images are read, and none where they are not', async () => {
    const input = 'height: 4, width: 4, channels: 1, scale: 1 / 127.5, zeroPoint: 0';
    user.write('signed.ts', modelText(denseBody, { input }));
    const quantize = (calibration: string, model = 'signed.ts') =>
      user.run(`quantize ${model} --weights w.safetensors --calibration ${calibration} -o signed.safetensors`);
    user.array(
      'int8.npy',
      [5, 4, 4, 1],
      Int8Array.from({ length: 80 }, (_, i) => (i * 37) & 127),
    );
    expect(await quantize('int8.npy')).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await quantize('x.npy');
    expect(code).toBe(0);
    expect(`\n${stderr}`).toMatchSnapshot();
    const byRun = await user.run('run signed.ts --weights signed.safetensors --input good.png');
    expect(byRun.stderr).toMatch(/^warning\[E0408\]/);
    user.write('declared.ts', modelText(denseBody, { input: `${input}, pixels: [-1, 1]` }));
    expect((await quantize('x.npy', 'declared.ts')).stderr).toBe('');
  });

  it('of which the first is the larger are refused', async () => {
    user.write('turned.ts', modelText(denseBody, { input: 'height: 4, width: 4, channels: 1, pixels: [1, 0]' }));
    const { code, stderr } = await user.run('compile turned.ts --random-weights --target host -o never');
    expect(code).toBe(2);
    expect(`\n${stderr}`).toMatchSnapshot();
  });
});

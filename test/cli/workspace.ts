import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArrayData, NumericArray } from '../../src/frontend/arrays/elements.js';
import { writeNpy } from '../../src/frontend/arrays/npy.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { type CaptureOptions, capture } from './capture.js';

/** `input` is a call without its scale; 8 x 8 x 3 by default. */
export function modelText(body: string, options: { readonly name?: string; readonly input?: string } = {}): string {
  const { name = 'small', input = 'height: 4, width: 4, channels: 1, scale: 1 / 255, zeroPoint: -128' } = options;
  const words = ['activation', 'add', 'argmax', 'conv', 'curve', 'dense', 'flatten', 'maxPool', 'softmax'].filter(
    word => body.includes(`${word}(`),
  );
  return `import { ${['defineModel', 'input', ...words].sort().join(', ')} } from 'effnetc';

export default defineModel('${name}', () => {
  const x = input({ ${input} });
  return ${body};
});
`;
}

export const denseBody = "dense(x, { name: 'fc', units: 3 })";

/** A directory of a user: a model, weights and arrays, in which command lines are run. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'effnetc-cli-'));

  /** model.ts: a dense layer of 4 x 4 x 1 to three scores, and argmax.ts; w.npz and q.safetensors for both. */
  async fill(): Promise<void> {
    this.write('model.ts', modelText(denseBody));
    this.write('argmax.ts', modelText(`argmax(${denseBody})`));
    const value = (i: number) => ((i * 7) % 11) / 11 - 0.5;
    const tensors: Readonly<Record<string, NumericArray>> = {
      'fc.weight': { dtype: 'f32', shape: [3, 16], data: Float32Array.from({ length: 48 }, (_, i) => value(i)) },
      'fc.bias': { dtype: 'f32', shape: [3], data: Float32Array.of(0.1, -0.2, 0.3) },
    };
    this.write('w.safetensors', writeSafetensors(new Map(Object.entries(tensors))));
    this.array(
      'x.npy',
      [5, 4, 4, 1],
      Uint8Array.from({ length: 80 }, (_, i) => (i * 37) & 255),
    );
    for (const [model, out] of [
      ['model.ts', 'q.safetensors'],
      ['argmax.ts', 'qa.safetensors'],
    ]) {
      const run = await this.run(`quantize ${model} --weights w.safetensors --calibration x.npy -o ${out}`);
      if (run.code !== 0) throw new Error(run.stderr);
    }
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.directory, name), content);
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  array(name: string, shape: readonly number[], data: ArrayData): void {
    const dtype = {
      Uint8Array: 'u8',
      Int8Array: 'i8',
      Int16Array: 'i16',
      Int32Array: 'i32',
      Float32Array: 'f32',
      Float64Array: 'f64',
    }[data.constructor.name] as NumericArray['dtype'];
    this.write(name, writeNpy({ dtype, shape, data }));
  }

  /** @param argv words separated by spaces; an empty word is written '' */
  async run(argv: string, options: CaptureOptions = {}) {
    const words = argv.split(' ').map(word => (word === "''" ? '' : word));
    const result = await capture(words, { cwd: this.directory, ...options });
    return { ...result, stderr: result.stderr.replaceAll(`${this.directory}/`, '') };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Node } from '../../src/ir/graph.js';
import type { Quantisation, TensorType } from '../../src/ir/tensor.js';
import { type Rounding, requantise, roundings } from '../../src/numeric/requantise.js';
import { opTable } from '../../src/ops/index.js';
import { add } from '../../src/ops/sum.js';
import { packageRoot } from '../../src/package-root.js';
import { floatPasses } from '../../src/passes/index.js';
import { targetFile } from '../../src/target/schema.js';
import { instructionClasses } from '../../src/timing/class.js';
import { loadTiming } from '../../src/timing/table.js';
import { readText } from '../frontend/read-text.js';

const root = packageRoot();
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(page =>
  page.endsWith('.md'),
);
const pages = ['README.md', 'CHANGELOG.md', ...docs.map(page => `docs/${page}`)];

const isRounding = (rule: string): rule is Rounding => roundings.some(known => known === rule);

/** Paths of the fields of a JSON schema that have none below them: `qemu.timer.kind`. */
function leafPaths(schema: unknown, path: readonly string[] = []): (readonly string[])[] {
  const fields = z.object({ properties: z.record(z.string(), z.unknown()) }).safeParse(schema);
  if (!fields.success) return [path];
  return Object.entries(fields.data.properties).flatMap(([key, field]) => leafPaths(field, [...path, key]));
}

describe('the docs are true', () => {
  it.each(pages)('%s: links and paths lead somewhere', page => {
    for (const [, link] of text(page).matchAll(/\]\(([^)#]+)\)/g)) {
      if (!/^https?:/.test(link)) expect(existsSync(join(root, dirname(page), link)), link).toBe(true);
    }
    for (const [, path] of text(page).matchAll(/`((?:src|templates|targets|examples|docs|test)\/[\w./-]+)`/g)) {
      if (!path.includes('NAME')) expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it("the README's model is a model", async () => {
    const [, model] = /```ts\n([\s\S]*?)```/.exec(text('README.md')) ?? expect.fail('no model');
    const { graph, diagnostics } = await readText(model);
    expect(diagnostics).toEqual([]);
    expect(graph?.name).toBe('tiny_net');
  });

  it('the index of the docs has every page', () => {
    const index = text('docs/README.md');
    const own = docs.filter(page => page !== 'README.md' && !(page.includes('/') && !page.endsWith('README.md')));
    for (const page of own) expect(index).toContain(`](${page})`);
  });

  it('the README names every op', () => {
    for (const op of opTable.keys()) expect(text('README.md')).toContain(`\`${op}\``);
  });

  it('the architecture page names every folder of src', () => {
    for (const { name } of readdirSync(join(root, 'src'), { withFileTypes: true }).filter(e => e.isDirectory())) {
      expect(text('docs/architecture.md')).toContain(`\`src/${name}\``);
    }
  });

  it('each folder of src says what it is for, what it may import and where to begin', () => {
    for (const { name } of readdirSync(join(root, 'src'), { withFileTypes: true }).filter(e => e.isDirectory())) {
      const readme = text(`src/${name}/README.md`);
      expect(readme).toMatch(/^# [\s\S]*\* May import: [\s\S]*\* Begin with: /);
      for (const [, file] of readme.matchAll(/`([\w/-]+\.(?:ts|mjs))`/g)) {
        expect(existsSync(join(root, 'src', name, file)) || existsSync(join(root, file)), `${name}: ${file}`).toBe(
          true,
        );
      }
    }
  });

  it('the architecture page lists the float passes in their order', () => {
    const [, section] = /\n## Passes\n([\s\S]*?)\n## /.exec(text('docs/architecture.md')) ?? expect.fail('no section');
    const listed = [...section.matchAll(/^\d+\. `([\w-]+)`/gm)].map(([, name]) => name);
    expect(listed).toEqual(floatPasses.map(pass => pass.name));
  });

  it('the numeric page computes right', () => {
    const row = /^\| `([\w-]+)` \| (-?\d+) \| (\d+) \| (-?\d+) \| (-?\d+) \|$/gm;
    const examples = [...text('docs/numeric.md').matchAll(row)];
    expect(new Set(examples.map(([, rule]) => rule))).toEqual(new Set(roundings));
    for (const [line, rule, ...numbers] of examples) {
      const [acc, multiplier, shift, result] = numbers.map(Number);
      if (!isRounding(rule)) return expect.fail(line);
      const [factor, preShift] = rule === 'native' ? [{ multiplier, shift: 0 }, shift] : [{ multiplier, shift }, 0];
      expect(requantise(rule, acc, factor, preShift), line).toBe(result);
    }
  });

  it('the numeric page adds right', () => {
    const row = /^\| `([\w-]+)` \|((?: -?[\d.]+ \|){9})$/gm;
    const examples = [...text('docs/numeric.md').matchAll(row)];
    expect(new Set(examples.map(([, rule]) => rule))).toEqual(new Set(roundings));
    for (const [line, rule, cells] of examples) {
      if (!isRounding(rule)) return expect.fail(line);
      const [a, sa, za, b, sb, zb, scale, zeroPoint, result] = cells.split('|').map(Number);
      const typed = (quantisation: Quantisation): TensorType => {
        return { dtype: 'i8', shape: { height: 1, width: 1, channels: 1 }, quantisation };
      };
      const inputs = [typed({ scale: sa, zeroPoint: za }), typed({ scale: sb, zeroPoint: zb })] as const;
      const attributes = { activation: { kind: 'identity' } };
      const float: Node = { name: 'sum', op: add.kind, inputs: ['a', 'b'], attributes, constants: {}, type: inputs[0] };
      const node = add.lower?.(float, { inputs, output: { scale, zeroPoint }, rounding: rule }) ?? expect.fail(line);
      const operands = [a, b].map((value, i) => ({ type: inputs[i], data: Int8Array.of(value) }));
      expect(add.reference?.(node, operands), line).toEqual(Int8Array.of(result));
    }
  });

  it('the profiling page names every class of instructions, and every approximation', () => {
    const page = text('docs/profiling.md');
    for (const name of instructionClasses) expect(page).toContain(`\`${name}\``);
    const rows = [...page.matchAll(/^\| (M[\w+, ]+) \|.*\| (documented|approximation) \|$/gm)];
    const written = rows.flatMap(([, cores, basis]) => cores.split(', ').map(core => [core, basis] as const));
    const cpus = readdirSync(join(root, 'targets', 'timing')).map(file => file.replace(/\.json$/, ''));
    const core = (cpu: string) => cpu.replace('cortex-', '').replace('plus', '+').toUpperCase();
    expect(new Map(written)).toEqual(new Map(cpus.map(cpu => [core(cpu), loadTiming(cpu)?.basis])));
  });

  it('the target page has every field of a target file', () => {
    const rows = text('docs/adding-a-target.md')
      .split('\n')
      .filter(line => line.startsWith('| `'));
    const leaves = leafPaths(z.toJSONSchema(targetFile, { io: 'input' }));
    expect(leaves.length).toBeGreaterThan(15);
    for (const path of leaves) {
      // Either the whole path, or the path of its object and in the same row its own name.
      const [whole, object, name] = [path, path.slice(0, -1), path.slice(-1)].map(part => `\`${part.join('.')}\``);
      const isThere = rows.some(row => row.includes(whole) || (row.includes(object) && row.includes(name)));
      expect(isThere, whole).toBe(true);
    }
  });

  it("the README's excerpt has the lines of a generated layer", () => {
    const labels = (c: string) => [...c.matchAll(/^ \* {3}([\w|]+(?: arena)?) {2,}/gm)].map(([, label]) => label);
    const blocks = [...text('README.md').matchAll(/```c\n([\s\S]*?)```/g)].map(([, block]) => block);
    const excerpt = blocks.find(block => block.includes('* Layer 0')) ?? expect.fail('no layer in the README');
    expect(labels(excerpt).length).toBeGreaterThan(5);
    const [layer] = /\/\*\n \* Layer 0:[\s\S]*?\*\//.exec(text('test/golden/c/ops/conv.c')) ?? expect.fail('no layer');
    expect(labels(excerpt)).toEqual(labels(layer));
  });
});

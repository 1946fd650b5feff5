import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFloat, runReference } from '../../src/interpreter/reference.js';
import { type FloatGraph, type Graph, GraphIndex, isForm, type Node } from '../../src/ir/graph.js';
import { printGraph } from '../../src/ir/print.js';
import { elementCount, type TensorData } from '../../src/ir/tensor.js';
import { opTable } from '../../src/ops/index.js';
import type { ParameterSpec } from '../../src/ops/op.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { eliminateChannels } from '../../src/passes/eliminate-channels.js';
import { floatPasses, integerPasses, loweringPasses, runPasses } from '../../src/passes/index.js';
import { sourceOf } from '../../src/pipeline/index.js';
import { randomBytes } from '../../src/run/vectors.js';
import { type PassCase, passesByFile, readCases, writeCase } from './cases.js';

const passes = await passesByFile();
const cases = readCases(import.meta.dirname);

const run = ({ pass }: PassCase, graph: Graph): Graph =>
  passes.get(pass)?.run(graph) ?? expect.fail(`src/passes has no ${pass}.ts`);

function parametersOf(graph: Graph, node: Node): readonly ParameterSpec[] {
  const shapes = new GraphIndex(graph).inputTypes(node).map(type => type.shape);
  return opTable.get(node.op)?.parameters?.(node, shapes) ?? [];
}

const isFloat = (graph: Graph): graph is FloatGraph => isForm(graph, 'float');
const hasWeights = (graph: Graph) =>
  graph.nodes.every(node => parametersOf(graph, node).every(({ role }) => role in node.constants));
const withoutWeights = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map(node => ({ ...node, constants: {} })),
});

const firing = cases.filter(({ fires }) => fires);
/** Where the result can be computed before and after. */
const computable = firing.filter(({ input }) => !isFloat(input) || hasWeights(input));

function resultOf(graph: Graph, seed: number): TensorData {
  const bytes = randomBytes(elementCount(sourceOf(graph).type.shape), seed);
  const tensors = isFloat(graph)
    ? runFloat(
        graph,
        Float32Array.from(bytes, b => (b - 128) / 16),
      )
    : runReference(isForm(graph, 'integer') ? graph : expect.fail('quantised'), Int8Array.from(bytes));
  return tensors.get(graph.output) ?? expect.fail('no result');
}

describe.each(cases)('$title', one => {
  // Read these files as a person would. `npm run vitest -- test/passes -u` writes them.
  it('is what the file says', async () => {
    await expect(writeCase(one, run(one, one.input))).toMatchFileSnapshot(one.path);
  });

  it('goes from a valid graph to a valid graph and leaves its input alone', () => {
    const before = printGraph(one.input);
    verifyGraph(one.input, 'parse');
    // All weights or none: a role that is misspelt would keep the case from being computed.
    expect(hasWeights(one.input) || before === printGraph(withoutWeights(one.input))).toBe(true);
    const output = verifyGraph(run(one, one.input), one.pass);
    expect(printGraph(one.input)).toBe(before);
    for (const node of output.nodes.filter(({ constants }) => isFloat(output) && Object.keys(constants).length > 0)) {
      for (const { role, shape } of parametersOf(output, node))
        expect(node.constants[role]?.shape, `${node.name} ${role}`).toEqual(shape);
    }
  });

  it('gives the same when it runs again', () => {
    const once = run(one, one.input);
    expect(printGraph(run(one, once))).toBe(printGraph(once));
  });

  it('does the same to the structure when there are no weights, or nothing', () => {
    if (passes.get(one.pass)?.needsWeights === true) {
      const bare = withoutWeights(one.input);
      expect(printGraph(run(one, bare))).toBe(printGraph(bare));
      return;
    }
    const structure = run(one, withoutWeights(one.input));
    expect(printGraph(structure)).toBe(printGraph(withoutWeights(run(one, one.input))));
  });
});

describe('the result is the same before and after', () => {
  it.each(computable)('$title', one => {
    const output = run(one, one.input);
    for (const seed of [1, 2, 3]) {
      const [before, after] = [resultOf(one.input, seed), resultOf(output, seed)];
      if (!isFloat(output)) expect(after).toEqual(before);
      expect(after.length).toBe(before.length);
      for (const [i, value] of before.entries())
        expect(Math.abs(after[i] - value), `element ${i}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
    }
  });
});

describe('every pass has its cases', () => {
  it('each file that exports a pass is named like it and in the list', () => {
    expect([...passes].map(([, pass]) => pass.name)).toEqual([...passes.keys()]);
    expect(new Set(passes.values())).toEqual(
      new Set([...floatPasses, ...loweringPasses, ...integerPasses, eliminateChannels]),
    );
  });

  it.each([...passes.keys()])('%s: fires, does not fire, is computed', name => {
    const of = (list: readonly PassCase[]) => list.filter(({ pass }) => pass === name).length;
    expect(of(firing)).toBeGreaterThan(0);
    expect(of(cases) - of(firing)).toBeGreaterThan(0);
    expect(of(computable)).toBeGreaterThan(0);
  });

  it.each(cases)('$title is in the folder of its pass', ({ path, pass }) => {
    expect(dirname(path)).toBe(join(import.meta.dirname, pass));
  });
});

describe('a batch norm and a prelu that nothing else takes in', () => {
  it('become one op', () => {
    const both = cases.find(({ title }) => title === 'lower-channelwise/both') ?? expect.fail('no such case');
    const { nodes } = runPasses(both.input, floatPasses);
    expect(nodes.map(({ name }) => name)).toEqual(['image', 'n']);
    expect(nodes[1].attributes.activation).toEqual({ kind: 'prelu' });
  });
});

describe('the verifier', () => {
  const { input: graph } = cases[0];
  const second: Node = { ...sourceOf(graph), name: 'another' };
  it.each([
    ['no source', { ...graph, nodes: [], output: 'x' }, /there is no source/],
    ['int8 in float form', { ...graph, form: 'float' as const }, /i8 in a graph in float form/],
    ['two sources', { ...graph, nodes: [second, ...graph.nodes] }, /'another' and 'image' are sources/],
  ])('refuses a graph with %s', (_what, wrong, message) => {
    expect(() => verifyGraph(wrong, 'test')).toThrow(message);
  });
});

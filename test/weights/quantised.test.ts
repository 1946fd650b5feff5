import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { bindQuantised, type QuantisedModel, writeQuantised } from '../../src/frontend/weights/quantised.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { structureOf } from '../../src/frontend/weights/structure.js';
import { parseWeightsFile } from '../../src/frontend/weights/weights-file.js';
import type { FloatGraph, QuantisedGraph } from '../../src/ir/graph.js';
import { type Constant, constant, type Quantisation } from '../../src/ir/tensor.js';
import { Chain, lookup, spanAt } from './fake-ops.js';
import { diagnosticsOf, floats, weightsFile } from './helpers.js';

const graph = new Chain(2, 2, 3).conv('block1.pw', 2).graph('tiny');
const constants = {
  weight: constant('i8', [2, 1, 1, 3], [1, -2, 3, -127, 127, 0]),
  scale: constant('f64', [2], [0.1, 1 / 3]),
  bias: constant('i32', [2], [-(2 ** 31), 5]),
};
const withConstants = (changed: Record<string, Constant>): QuantisedGraph => ({
  ...graph,
  form: 'quantised',
  nodes: graph.nodes.map(node => (node.op === 'conv' ? { ...node, constants: changed } : node)),
});
const model: QuantisedModel = {
  graph: withConstants(constants),
  activations: new Map([
    ['input', { scale: 1 / 255, zeroPoint: -128 }],
    ['block1.pw', { scale: 0.1 + 0.2, zeroPoint: 7 }],
  ]),
  rounding: 'tflite-single',
};
const structure = structureOf(graph);
const bytes = writeQuantised(model);
const bind = (file: Uint8Array) => bindQuantised(graph, parseWeightsFile('q.safetensors', file), lookup, new Session());
const codes = (file: Uint8Array) => diagnosticsOf(() => bind(file)).map(d => d.code);

/** The file with other tensors or metadata. */
function altered(tensors: Record<string, Constant | undefined>, metadata: Record<string, string> = {}): Uint8Array {
  const file = parseWeightsFile('q.safetensors', bytes);
  const changed = new Map<string, Constant>();
  for (const [role, value] of Object.entries({ ...constants, ...tensors })) {
    if (value !== undefined) changed.set(role.includes('.') ? role : `block1.pw.${role}`, value);
  }
  return writeSafetensors(changed, new Map([...file.metadata, ...Object.entries(metadata)]));
}

describe('quantised weights', () => {
  it('read back as they were written, to the last bit', () => {
    const back = bind(bytes);
    expect(back.graph).toEqual(model.graph);
    expect(back.activations).toEqual(model.activations);
    expect(back.rounding).toBe('tflite-single');
    expect(writeQuantised(back)).toEqual(bytes);
  });

  it('are the same bytes for any order of the activations', () => {
    const reversed = new Map([...model.activations].toReversed());
    expect(writeQuantised({ ...model, activations: reversed })).toEqual(bytes);
  });

  it('carry their metadata', () => {
    expect([...parseWeightsFile('q.safetensors', bytes).metadata]).toEqual([
      ['activations', '{"block1.pw":[0.30000000000000004,7],"input":[0.00392156862745098,-128]}'],
      ['format', 'effnetc-quantised-2'],
      ['model', 'tiny'],
      ['rounding', 'tflite-single'],
      ['structure', structure],
    ]);
  });

  it('keep the bits of narrow weights, in a format of their own', () => {
    const weight = constant('i8', [2, 1, 1, 3], [1, -2, 3, -7, 7, 0]);
    const narrow = { ...model, graph: withConstants({ ...constants, weight: { ...weight, bits: 4 } }) };
    const written = writeQuantised(narrow);
    const { metadata } = parseWeightsFile('q.safetensors', written);
    expect(metadata.get('format')).toBe('effnetc-quantised-3');
    expect(metadata.get('weight_bits')).toBe('{"block1.pw":4}');
    expect(bind(written).graph).toEqual(narrow.graph);
    expect(writeQuantised(bind(written))).toEqual(written);
  });

  it('say that activations are int16 and biases stand for int64, in a format of their own', () => {
    const bias = constant('f64', [2], [-(2 ** 40), 5]);
    const written = writeQuantised({
      ...model,
      graph: withConstants({ ...constants, bias }),
      activations: new Map([...model.activations, ['block1.pw', { scale: 0.5, zeroPoint: 0, bits: 16 }]]),
    });
    const { metadata } = parseWeightsFile('q.safetensors', written);
    expect(metadata.get('format')).toBe('effnetc-quantised-4');
    expect(metadata.get('activations')).toBe('{"block1.pw":[0.5,0,16],"input":[0.00392156862745098,-128]}');
    expect(bind(written).activations.get('block1.pw')).toEqual({ scale: 0.5, zeroPoint: 0, bits: 16 });
    expect(bind(written).graph.nodes[1].constants.bias).toEqual(bias);
    expect(writeQuantised(bind(written))).toEqual(written);
    const either = { ...model, graph: withConstants({ ...constants, bias }) };
    expect(parseWeightsFile('q.safetensors', writeQuantised(either)).metadata.get('format')).toBe(
      'effnetc-quantised-4',
    );
  });

  it('are refused where they do not fit their bits', () => {
    const [found] = diagnosticsOf(() => bind(altered({}, { weight_bits: '{"block1.pw":4}' })));
    expect(found).toMatchObject({ code: 'E0313', span: spanAt(2) });
    expect(found.message).toMatch(/has the value -127, beyond the 4 bits/);
  });

  it('are refused tensor by tensor', () => {
    expect(
      codes(
        altered({
          bias: undefined,
          scale: constant('f32', [2], [1, 2]),
          weight: constant('i8', [6], [1, 2, 3, 4, 5, 6]),
        }),
      ),
    ).toEqual(['E0306', 'E0313', 'E0305']);
    expect(codes(altered({ scale: constant('f64', [2], [1, NaN]) }))).toEqual(['E0307']);
    expect(codes(altered({ bias: constant('f64', [2], [3, 0.5]) }))).toEqual(['E0313']);
    expect(codes(altered({ bias: constant('f64', [2], [3, Infinity]) }))).toEqual(['E0307']);
    expect(codes(altered({ 'block2.pw.bias': constant('i32', [1], [1]) }))).toEqual(['E0308']);
    const [missing] = diagnosticsOf(() => bind(altered({ bias: undefined })));
    expect(missing).toMatchObject({ span: spanAt(2), notes: [{ message: "looked for 'block1.pw.bias'" }] });
  });

  it.each([
    ['format', 'effnetc-quantised-1', /format 'effnetc-quantised-1', where/],
    ['rounding', 'up', /rounding 'up', where native, tflite, tflite-single/],
    ['model', 'other', /belongs to 'other', not to 'tiny'/],
    ['activations', '[]', /no JSON object/],
    ['activations', '{', /not valid JSON/],
    ['activations', '{"input":[1,0],"input":[2,0]}', /key 'input' twice/],
    ['activations', '{"input":[0,0]}', /no \[scale > 0/],
    ['activations', '{"input":[1,128]}', /no \[scale > 0/],
    ['activations', '{"input":[1,0.5]}', /no \[scale > 0/],
    ['activations', '{"input":[1]}', /no \[scale > 0/],
    ['activations', '{"input":[1,0,8]}', /no \[scale > 0/],
    ['activations', '{"input":[1,3,16]}', /no \[scale > 0/],
    ['activations', '{"input":[1e999,0]}', /no \[scale > 0/],
    ['activations', '{"gone":[1,0]}', /'gone', which is no op of 'tiny'/],
    ['activations', '{"input":[1,0]}', /gives no scale for conv 'block1.pw'/],
    ['weight_bits', '{"block1.pw":5}', /widths of weights in its metadata that are not 4, 3, 2, 1 bits by name/],
    ['weight_bits', '{"block1.pw":4,"block1.pw":2}', /widths of weights/],
    ['weight_bits', '[4]', /widths of weights/],
    ['weight_bits', '{', /widths of weights/],
    ['weight_bits', '{"input":4}', /width of weights for 'input', which has none/],
    ['weight_bits', '{"gone":4}', /width of weights for 'gone', which has none/],
  ])('are refused with %s %s', (key, value, message) => {
    const [found] = diagnosticsOf(() => bind(altered({}, { [key]: value })));
    expect(found.message).toMatch(message);
    expect(found.code).toBe('E0313');
  });

  it('are refused when another structure was quantised, and say where it differs', () => {
    const find = (stored: string) => diagnosticsOf(() => bind(altered({}, { structure: stored })))[0];
    const changed = find(structure.replace('channels: 2', 'channels: 3'));
    expect(changed).toMatchObject({ code: 'E0313', span: spanAt(2) });
    expect(changed.notes.map(({ message }) => message)).toEqual([
      "in the file 'channels: 3'",
      "in the model 'channels: 2'",
    ]);
    expect(find(structure.replace('return block1.pw', 'return input')).notes[0].message).toMatch(
      /the result, is another/,
    );
    expect(find(structure.replace('return', 'gone = relu(input) : f32 1x1x1\nreturn')).notes[0].message).toMatch(
      /no 'gone'/,
    );
    expect(find('').code).toBe('E0313');
    expect(find('\u001b[31m \n = {,').code).toBe('E0313');
  });

  it('are refused when their scale of the input is not the one that the model declares', () => {
    const declared: FloatGraph = {
      ...graph,
      nodes: graph.nodes.map(n => (n.op === 'input' ? { ...n, attributes: { scale: 0.5, zeroPoint: 3 } } : n)),
    };
    const file = (given: Quantisation) =>
      writeQuantised({
        ...model,
        graph: {
          ...declared,
          form: 'quantised',
          nodes: declared.nodes.map(n => (n.op === 'conv' ? { ...n, constants } : n)),
        },
        activations: new Map([...model.activations, ['input', given]]),
      });
    const bindDeclared = (bytes: Uint8Array) =>
      bindQuantised(declared, parseWeightsFile('q.safetensors', bytes), lookup, new Session());
    expect(bindDeclared(file({ scale: 0.5, zeroPoint: 3 })).activations.get('input')).toEqual({
      scale: 0.5,
      zeroPoint: 3,
    });
    const [found] = diagnosticsOf(() => bindDeclared(file({ scale: 0.5, zeroPoint: 4 })));
    expect(found.message).toMatch(/another scale of 'input'/);
  });

  it('float weights given instead: says to quantise first', () => {
    const file = weightsFile({ 'block1.pw.weight': floats([2, 3, 1, 1]) });
    const [found] = diagnosticsOf(() => bindQuantised(graph, file, lookup, new Session()));
    expect(found.code).toBe('E0311');
    expect(found.hint).toMatch(/effnetc quantize/);
  });
});

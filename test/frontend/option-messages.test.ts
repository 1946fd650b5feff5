import { describe, expect, it } from 'vitest';
import { readText, withBody } from './read-text.js';

/** Options, after a cast so that they pass type checking, and all that is said about them. */
const cases: readonly (readonly [call: string, options: string, messages: readonly string[]])[] = [
  ['maxPool', '{ kernel: 0 }', ["option 'kernel' of maxPool is 0; it must be at least 1"]],
  ['maxPool', '{ kernel: [1, 0] }', ["option 'kernel[1]' of maxPool is 0; it must be at least 1"]],
  ['maxPool', '{ kernel: [1, 2, 3] }', ["option 'kernel' of maxPool is [1, 2, 3]; it must have at most 2 elements"]],
  ['maxPool', "{ kernel: 'x' }", ["option 'kernel' of maxPool is 'x'; it must be a number or a pair [rows, columns]"]],
  ['maxPool', '{}', ["option 'kernel' of maxPool is missing; it must be a number or a pair [rows, columns]"]],
  [
    'maxPool',
    '{ kernel: null }',
    ["option 'kernel' of maxPool is null; it must be a number or a pair [rows, columns]"],
  ],
  [
    'maxPool',
    "{ kernel: 2, padding: 'full' }",
    [
      "option 'padding' of maxPool is 'full'; it must be one of 'same', 'valid', a number, a pair [rows, columns], an object",
    ],
  ],
  ['maxPool', '{ kernel: 2, padding: { top: 1, up: 1 } }', ["maxPool has no option 'up' in 'padding'"]],
  ['dense', '{ units: true }', ["option 'units' of dense is true; it must be a number"]],
  ['dense', "{ name: 'fc', units: 0 }", ["option 'units' of dense 'fc' is 0; it must be at least 1"]],
  [
    'dense',
    '{ units: 0.5, bias: 1, dilation: 2 }',
    [
      "option 'units' of dense is 0.5; it must be a whole number",
      "option 'bias' of dense is 1; it must be true or false",
      "dense has no option 'dilation'",
    ],
  ],
  ['activation', "{ kind: 'leakyRelu' }", ["option 'slope' of activation is missing; it must be a number"]],
  ['batchNorm', '{ epsilon: 0 }', ["option 'epsilon' of batchNorm is 0; it must be greater than 0"]],
  [
    'effnetBlock',
    "{ name: 'b', channels: 4, poolAxis: 'rows' }",
    ["option 'poolAxis' of effnetBlock is 'rows'; it must be 'width' or 'height'"],
  ],
];

describe('messages about options name the option, what it is and what it must be', () => {
  it.each(cases)('%s(x, %s)', async (call, options, messages) => {
    const { diagnostics } = await readText(withBody(`const options: any = ${options};\nx = ${call}(x, options);`));
    expect(diagnostics.map(d => d.message)).toEqual(messages);
    expect(diagnostics.every(d => d.code === 'E0201')).toBe(true);
  });
});

/** Bodies of models that must be read, and what `x` is in the end: the node lines after the input of 8x8x4. */
export const acceptCases: readonly (readonly [
  name: string,
  body: string,
  expected: readonly string[],
  top?: string,
])[] = [
  ['conv with defaults', 'x = conv(x, { channels: 6, kernel: 3 });', ['conv = conv(input) 6x6x6']],
  [
    'kernel, stride and padding per axis',
    "x = conv(x, { name: 'a', channels: 6, kernel: [3, 1], stride: [2, 1], padding: [1, 0] });",
    ['a = conv(input) 4x8x6'],
  ],
  [
    'same padding',
    "x = conv(x, { channels: 6, kernel: 3, stride: 2, padding: 'same' });",
    ['conv = conv(input) 4x4x6'],
  ],
  [
    'padding by side',
    'x = conv(x, { channels: 6, kernel: [2, 1], padding: { bottom: 1 }, groups: 2, bias: false });',
    ['conv = conv(input) 8x8x6'],
  ],
  [
    'depthwise multiplier',
    'x = depthwiseConv(x, { kernel: 3, multiplier: 2 });',
    ['depthwiseConv = depthwiseConv(input) 6x6x8'],
  ],
  [
    'widths of weights',
    'x = dense(depthwiseConv(conv(x, { channels: 6, kernel: 1, weightBits: 1 }), { kernel: 3, weightBits: 4 }), { units: 3, weightBits: 8 });',
    ['conv = conv(input) 8x8x6', 'depthwiseConv = depthwiseConv(conv) 6x6x6', 'dense = dense(depthwiseConv) 1x1x3'],
  ],
  [
    'binary conv, with a name and without',
    "x = binaryConv(binaryConv(x, { channels: 6, kernel: [1, 3] }), { name: 'b', channels: 8, kernel: 1, groups: 2, padding: 0, bias: false });",
    ['conv = conv(input) 8x6x6', 'b = conv(conv) 8x6x8'],
  ],
  [
    'pools',
    'x = avgPool(maxPool(x, { kernel: [1, 2] }));',
    ['maxPool = maxPool(input) 8x4x4', 'avgPool = avgPool(maxPool) 1x1x4'],
  ],
  [
    'add: two branches, and one tensor twice',
    "x = add(conv(x, { channels: 4, kernel: 3, padding: 'same' }), x, { name: 'sum' });\nx = add(x, x);",
    ['conv = conv(input) 8x8x4', 'sum = add(conv, input) 8x8x4', 'add = add(sum, sum) 8x8x4'],
  ],
  ['avgPool with a kernel', "x = avgPool(x, { kernel: 2, name: 'p' });", ['p = avgPool(input) 4x4x4']],
  [
    'activations',
    "x = activation(activation(activation(x, 'relu6'), { kind: 'leakyRelu', slope: 0.1 }), { kind: 'prelu', name: 'p' });",
    [
      'activation = activation(input) 8x8x4',
      'activation_2 = activation(activation) 8x8x4',
      'p = activation(activation_2) 8x8x4',
    ],
  ],
  [
    'head',
    "x = argmax(softmax(dense(flatten(batchNorm(x), { order: 'NCHW' }), { units: 3 })));",
    [
      'batchNorm = batchNorm(input) 8x8x4',
      'flatten = flatten(batchNorm) 1x1x256',
      'dense = dense(flatten) 1x1x3',
      'softmax = softmax(dense) 1x1x3',
      'argmax = argmax(softmax) 1x1x1',
    ],
  ],
  [
    'loop over entries with destructuring',
    'for (const [i, units] of [5, 6].entries()) x = dense(x, { name: `fc${i}`, units });',
    ['fc0 = dense(input) 1x1x5', 'fc1 = dense(fc0) 1x1x6'],
  ],
  [
    'loop over an object',
    'for (const [name, units] of Object.entries(sizes)) x = dense(x, { name, units });',
    ['a = dense(input) 1x1x5', 'b = dense(a) 1x1x6'],
    'const sizes = { a: 5, b: 6 };',
  ],
  [
    'functions: arrow, declared below, recursive, defaults, rest',
    'x = stack(x, 2);\nconst sum = (...all: number[]) => all.reduce((a, b) => a + b, 0);\nx = dense(x, { units: sum(1, 2, 3) });',
    [
      'activation = activation(input) 8x8x4',
      'activation_2 = activation(activation) 8x8x4',
      'dense = dense(activation_2) 1x1x6',
    ],
    "function stack(t: Tensor, n: number): Tensor {\n  return n === 0 ? t : stack(act(t), n - 1);\n}\nconst act = (t: Tensor, kind: 'relu' | 'relu6' = 'relu') => activation(t, kind);",
  ],
  [
    'objects: spread, shorthand, computed keys, destructuring with defaults and rest',
    "const { a, b: { c = 7 } = {}, ...rest } = { a: 3, d: 4, ['e' + 1]: 5 } as { a: number; b?: { c?: number }; d: number };\nx = dense(x, { ...base, units: a + c });\nx = dense(x, { ...base, ...{ units: Object.keys(rest).length } });",
    ['dense = dense(input) 1x1x10', 'dense_2 = dense(dense) 1x1x2'],
    'const base = { bias: false };',
  ],
  [
    'arrays: spread, destructuring with holes, defaults and rest, methods',
    'const [first, , third = 9, ...others] = [1, ...[2], 3, 4, 5];\nconst all = [first, third].concat(others, 6).filter(n => n !== 4).flatMap(n => [n, n]).slice(1, -1);\nx = dense(x, { units: all.length + all.at(-1)! + all.indexOf(3), name: all.join("-") });',
    ['1-3-3-5-5-6 = dense(input) 1x1x13'],
  ],
  [
    'arithmetic',
    'const n = -((-2) ** 3) + 17 % 5 * 2 - 6 / 3;\nx = dense(x, { units: n + Math.floor(2.7) + Math.max(1, 4, 2) + Math.round(Math.sqrt(16)) + Math.pow(2, 3) + Math.abs(-1) + Math.ceil(0.1) + Math.min(3) });',
    ['dense = dense(input) 1x1x33'],
  ],
  [
    'conditions',
    "const wide: boolean = 2 > 1 && !(3 <= 2);\nconst given: number | undefined = undefined;\nif (wide) {\n  x = dense(x, { units: given ?? (0 || 4) });\n} else if ('a' < 'b') {\n  x = flatten(x);\n} else x = softmax(x);",
    ['dense = dense(input) 1x1x4'],
  ],
  [
    'let and assignments that compute',
    'let n = 1;\nfor (const k of [2, 3]) {\n  n *= k;\n  n += 1;\n  n -= 1;\n}\nlet m: number;\nm = n;\nx = dense(x, { units: m });',
    ['dense = dense(input) 1x1x6'],
  ],
  [
    'a closure sees a later assignment',
    'let n = 1;\nconst get = () => n;\nn = 5;\nx = dense(x, { units: get() });',
    ['dense = dense(input) 1x1x5'],
  ],
  [
    'strings',
    "const s = 'Ab'.toUpperCase() + `${1 + 1}`.padStart(3, '0') + (3).toString() + 'x'.repeat(2);\nx = dense(x, { name: s, units: s.length + (s.includes('B0') ? 1 : 0) + (s.startsWith('AB') ? 10 : 0) });",
    ['AB0023xx = dense(input) 1x1x19'],
  ],
  [
    'Array.from, fill, every, some, reduce without a start',
    'const xs = Array.from({ length: 3 }, (_, i) => i * 2);\nconst ok = xs.every(n => n % 2 === 0) && !xs.some(n => n > 4) && Array.isArray(xs);\nx = dense(x, { units: ok ? xs.reduce((a, b) => a + b) + Array.from([1, 1]).fill(2).length : 1 });',
    ['dense = dense(input) 1x1x8'],
  ],
  [
    'types, assertions and satisfies leave no trace',
    'x = dense(x, layer as DenseLayer);',
    ['dense = dense(input) 1x1x3'],
    'interface DenseLayer {\n  readonly units: number;\n}\ntype Sizes = readonly number[];\nconst sizes = [3] as const satisfies Sizes;\nconst layer = { units: sizes[0] };',
  ],
  [
    'a name that hides a global',
    'const process = { units: 3 };\nx = dense(x, process);',
    ['dense = dense(input) 1x1x3'],
  ],
  [
    'optional options may be undefined',
    'const bias: boolean | undefined = undefined;\nx = dense(x, { units: 3, bias });',
    ['dense = dense(input) 1x1x3'],
  ],
  [
    'the keys of objects are only keys',
    "const o = { constructor: 3, toString: 4, ['__proto__']: 5 };\nx = dense(x, { units: o.constructor + o.toString });",
    ['dense = dense(input) 1x1x7'],
  ],
];

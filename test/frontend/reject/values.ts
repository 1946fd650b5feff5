import { model, rejectCase } from './case.js';

const deep = `${'('.repeat(150)}1${')'.repeat(150)}`;

/** Mistakes that only evaluation finds, and models that are none. */
export const valueCases = [
  rejectCase('division by zero', 'E0109', model('const n = 4;\nx = dense(x, { units: §n / (n - 4) });')),
  rejectCase('not a number', 'E0109', model('const r = §Math.sqrt(1 - 2);')),
  rejectCase('infinite literal', 'E0109', model('const r = §1e999;')),
  rejectCase('largest of nothing', 'E0109', model('const r = §Math.max();')),
  rejectCase(
    'index after the end',
    'E0110',
    model('const sizes = [4, 8];\nfor (const i of [0, 1, 2]) x = conv(x, { channels: sizes[§i] ?? 1, kernel: 1 });'),
  ),
  rejectCase('negative index', 'E0110', model('const sizes = [4, 8];\nx = dense(x, { units: sizes[§-1] ?? 1 });')),
  rejectCase('at after the end', 'E0110', model('x = dense(x, { units: §[4, 8].at(2) ?? 1 });')),
  rejectCase('destructured too far', 'E0110', model('const sizes: number[] = [4];\nconst [a, §b] = sizes;')),
  rejectCase(
    'reduce of nothing',
    'E0110',
    model('const none: number[] = [];\nconst sum = §none.reduce((a, b) => a + b);'),
  ),
  rejectCase('used before it is defined', 'E0118', model('const f = () => §late;\nconst n = f();\nconst late = 1;')),
  rejectCase('number instead of a tensor', 'E0108', model('const anything: any = 1;\nx = flatten(§anything);')),
  rejectCase('call of a number', 'E0108', model('const anything: any = 1;\n§anything();')),
  rejectCase(
    'loop over a number',
    'E0108',
    model('const anything: any = 1;\nfor (const a of §anything) x = flatten(x);'),
  ),
  rejectCase('sum of arrays', 'E0108', model('const anything: any = [1];\nconst b = §anything + anything;')),
  rejectCase(
    'undefined in a name',
    'E0108',
    model('const o: { name?: string } = {};\nx = flatten(x, { name: `a${§o.name}` });'),
  ),
  rejectCase('endless recursion', 'E0107', model('', 'const f = (n: number): number => §f(n + 1);\nconst n = f(0);')),
  rejectCase(
    'endless recursion of two',
    'E0107',
    model(
      'const n = f(0);',
      'function f(n: number): number {\n  return §g(n);\n}\nfunction g(n: number): number {\n  return f(n);\n}',
    ),
  ),
  rejectCase(
    'too many steps',
    'E0107',
    model(
      'const all = Array.from({ length: 60000 }, (_, i) => i);\nlet sum = 0;\nfor (const a of all) for (const §b of all) sum += a * b;',
    ),
  ),
  rejectCase(
    'endless string',
    'E0107',
    model("let s = 'abc';\nfor (const i of Array.from({ length: 40 }, (_, n) => n)) s = §s + s;"),
  ),
  rejectCase(
    'endless array',
    'E0107',
    model('let a = [1];\nfor (const i of Array.from({ length: 40 }, (_, n) => n)) a = [...a, §...a];'),
  ),
  rejectCase('long array', 'E0107', model('const a = §Array.from({ length: 1e9 }, () => 0);')),
  rejectCase(
    'too many ops',
    'E0107',
    model("for (const i of Array.from({ length: 5000 }, (_, n) => n)) x = §activation(x, 'relu');"),
  ),
  rejectCase('deep nesting', 'E0107', model(`const n = ${`${deep.slice(0, 93)}§${deep.slice(93)}`};`)),

  rejectCase('no export', 'E0111', "§import { flatten } from 'effnetc';\nexport const f = flatten;\n"),
  rejectCase('empty file', 'E0111', '§'),
  rejectCase('export of something else', 'E0111', "import { flatten } from 'effnetc';\n§export default flatten;\n"),
  rejectCase('model name with a dash', 'E0112', model('x = flatten(x);').replace("'demo'", "§'my-net'")),
  rejectCase('model name that C reserves', 'E0112', model('x = flatten(x);').replace("'demo'", "§'_net'")),
  rejectCase('model name of a C header', 'E0112', model('x = flatten(x);').replace("'demo'", "§'stdint'")),
  rejectCase('model name of the harness', 'E0112', model('x = flatten(x);').replace("'demo'", "§'effnetc_trace'")),
  rejectCase('model name that is a keyword', 'E0112', model('x = flatten(x);').replace("'demo'", "§'switch'")),
  rejectCase(
    'model that returns a number',
    'E0113',
    "import { defineModel } from 'effnetc';\nconst anything: any = 1;\nexport default §defineModel('demo', () => anything);\n",
  ),
  rejectCase('model without ops', 'E0117', model('').replace("defineModel('demo'", "§defineModel('demo'")),
  rejectCase('second input', 'E0114', model("const y = §input({ name: 'y', height: 8, width: 8, channels: 4 });")),
  rejectCase(
    'op outside of a model',
    'E0116',
    model('x = flatten(x);', 'const y = §input({ height: 8, width: 8, channels: 4 });'),
  ),
];

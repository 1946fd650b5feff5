import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InternalError } from '../../src/diagnostics/diagnostic.js';
import { TemplateEngine } from '../../src/emit/engine.js';

const root = mkdtempSync(join(tmpdir(), 'effnetc-templates-'));
afterAll(() => rmSync(root, { recursive: true }));

function engine(templates: Readonly<Record<string, string>>): TemplateEngine {
  const directory = mkdtempSync(join(root, 'case-'));
  for (const [name, text] of Object.entries(templates)) {
    const path = join(directory, `${name}.hbs`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return new TemplateEngine(directory);
}

const render = (text: string, view: object): string => engine({ main: text }).render('main', view);

function message(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(InternalError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was thrown');
}

describe('TemplateEngine', () => {
  it('fills in fields without escaping for HTML', () => {
    expect(render('if (a {{op}} {{n}})', { op: '<<', n: 0 })).toBe('if (a << 0)\n');
  });

  it('ends lines with LF, without trailing blanks, and the file with one line end', () => {
    expect(render('a  \r\nb\t\n\n\n', {})).toBe('a\nb\n');
    expect(render('', {})).toBe('\n');
  });

  it('knows blocks and helpers', () => {
    const text =
      '{{#each xs}}{{#if big}}{{hex n 4}}{{else}}{{n}}{{/if}}{{#unless @last}}, {{/unless}}{{/each}};{{../x}}';
    expect(() => render(text, {})).toThrow(InternalError);
    expect(
      render('{{#each xs}}{{#if big}}{{hex n 4}}{{else}}{{n}}{{/if}}{{#unless @last}}, {{/unless}}{{/each}}', {
        xs: [
          { big: true, n: 255 },
          { big: false, n: 3 },
        ],
      }),
    ).toBe('0x00ff, 3\n');
  });

  it('includes partials by path, also ones that the view names, and keeps their indentation', () => {
    const templates = {
      main: "{\n  {{> kernels/conv/generic this}}\n  {{> (lookup . 'template') inner}}\n}",
      'kernels/conv/generic': 'conv {{n}};\nagain;\n',
      'kernels/pool': 'pool {{n}};\n',
    };
    const view = { n: 1, template: 'kernels/pool', inner: { n: 2 } };
    expect(engine(templates).render('main', view)).toBe('{\n  conv 1;\n  again;\n  pool 2;\n}\n');
  });

  it.each([
    ['{{missing}}', "template main: the view has no field 'missing'"],
    ['{{#if missing}}x{{/if}}', "template main: the view has no field 'missing'"],
    ['{{#unless missing}}x{{/unless}}', "template main: the view has no field 'missing'"],
    ['{{#each missing}}x{{/each}}', "template main: the view has no field 'missing'"],
    ['{{#if no}}{{else}}{{missing}}{{/if}}', "template main: the view has no field 'missing'"],
    ['{{hex missing}}', "template main: the view has no field 'missing'"],
    ['{{hex (lookup missing "a")}}', "template main: the view has no field 'missing'"],
    ['{{deep.missing}}', "template main: the view has no field 'deep.missing'"],
    ['{{missing.deep}}', "template main: the view has no field 'missing.deep'"],
    ['{{#each list}}{{../missing}}{{/each}}', "template main: the view has no field '../missing'"],
    ['{{toString}}', "template main: the view has no field 'toString'"],
    ['{{> part}}', "template part: the view has no field 'missing'"],
    ['{{> part missing}}', "template main: the view has no field 'missing'"],
    ['{{> gone}}', 'template gone: there is no such file'],
    ["{{> (lookup . 'missing')}}", 'template undefined: there is no such file'],
    ['{{deep}}', "template main: the field 'deep' is object, which cannot be printed"],
    ['{{nothing}}', "template main: the field 'nothing' is null, which cannot be printed"],
    ['{{nan}}', "template main: the field 'nan' is number, which cannot be printed"],
    ['{{no}}', "template main: the field 'no' is boolean, which cannot be printed"],
    ['{{eq a b}}', 'template main: You specified knownHelpersOnly, but used the unknown helper eq - 1:0'],
    ['{{#*inline "x"}}{{/inline}}', 'template main: templates may not use DecoratorBlock'],
  ])('refuses %s', (text, expected) => {
    const templates = engine({ main: text, part: '{{missing}}' });
    const view = { list: [1], deep: {}, nothing: null, nan: Number.NaN, no: false, a: 1, b: 1 };
    expect(message(() => templates.render('main', view))).toBe(expected);
  });

  it('names the template in a syntax error', () => {
    expect(message(() => render('{{#if a}}', { a: 1 }))).toMatch(/^template main: Parse error on line 1/);
  });
});

import type { Command } from 'commander';
import pico from 'picocolors';
import { codes, type DiagnosticCode } from '../../diagnostics/codes.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { sortedCodes } from '../../diagnostics/page.js';
import type { CommandResult, TextStyle } from '../io.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';

/** `effnetc explain [CODE]`: what a diagnostic means. */
export function registerExplain(program: Command, shell: Shell): void {
  program
    .command('explain')
    .description('say what a diagnostic means and how to get out of it')
    .argument('[code]', 'as it was printed: E0202 or error[E0202]; without it all codes are listed')
    .addHelpText('after', '\nExample:\n  $ effnetc explain E0202')
    .action(
      shell.action<object, [code: string | undefined]>(async (_, _options, code) =>
        code === undefined ? listCodes() : explain(findCode(code)),
      ),
    );
}

const isCode = (text: string): text is DiagnosticCode => Object.hasOwn(codes, text);

/** @throws CompileError E0907 */
function findCode(text: string): DiagnosticCode {
  const code = (/^(?:error|warning)\[(.*)\]:?$/i.exec(text)?.[1] ?? text).toUpperCase();
  if (isCode(code)) return code;
  const guess = nearest(code, Object.keys(codes));
  const list = 'effnetc explain without a code lists them all';
  return fail('E0907', `there is no diagnostic code "${text}"`, {
    hint: guess === undefined ? list : `did you mean ${guess}? ${list}`,
  });
}

function explain(code: DiagnosticCode): CommandResult {
  const { title, explanation } = codes[code];
  return {
    json: { code, title, explanation },
    keepWhenQuiet: true,
    text: style => `${pico.createColors(style.colour).bold(`${code}: ${title}`)}\n\n${wrap(explanation, style)}\n`,
  };
}

function listCodes(): CommandResult {
  const all = sortedCodes();
  return {
    json: { codes: all.map(([code, { title, explanation }]) => ({ code, title, explanation })) },
    keepWhenQuiet: true,
    text: style =>
      renderTable(
        [{ title: 'code' }, { title: 'meaning', wrap: true }],
        all.map(([code, { title }]) => [code, title]),
        style,
      ),
  };
}

/** Prose in lines that fit the terminal, 80 columns at most. */
function wrap(text: string, style: TextStyle): string {
  const width = Math.max(20, Math.min(80, style.columns));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

import type { Command } from 'commander';
import { escapeControls } from '../../diagnostics/text.js';
import { withTemporaryDirectory } from '../../emit/write-files.js';
import { listTargets, loadTarget } from '../../target/load-target.js';
import { type CheckResult, checkNode, checkTools } from '../doctor/check-tools.js';
import { exitCodes } from '../exit-codes.js';
import type { CommandResult, TextStyle } from '../io.js';
import type { Shell } from '../shell.js';
import { renderTable } from '../table.js';

/** `effnetc doctor`: which tools there are, whether they work, and how to get the others. */
export function registerDoctor(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('find the compilers and the emulator, try them, say how to install the rest')
    .addHelpText('after', '\nExample:\n  $ effnetc doctor')
    .action(
      shell.action(async io => {
        const targets = listTargets().map(name => loadTarget(name));
        const tools = await withTemporaryDirectory(directory =>
          checkTools({ env: io.env, directory, targets }, (done, total) =>
            io.progress.update('trying the tools', done, total),
          ),
        );
        return describe([checkNode(process.versions.node, process.execPath), ...tools]);
      }),
    );
}

function describe(checks: readonly CheckResult[]): CommandResult {
  const ok = checks.every(check => check.status === 'ok' || !check.required);
  return {
    json: { ok, checks: checks.map(check => ({ ...check })) },
    text: style => text(checks, ok, style),
    exitCode: ok ? exitCodes.fine : exitCodes.toolMissing,
    keepWhenQuiet: true,
  };
}

function text(checks: readonly CheckResult[], ok: boolean, style: TextStyle): string {
  const rows = checks.map(({ name, status, version, path, required }) => [
    required || status === 'ok' ? status : `${status} (optional)`,
    name,
    version ?? '-',
    path ?? '-',
  ]);
  const table = renderTable(
    [{ title: 'status' }, { title: 'tool' }, { title: 'version' }, { title: 'path' }],
    rows,
    style,
  );
  const remarks = checks.filter(check => check.status !== 'ok').map(remark);
  const verdict = ok
    ? 'All that is needed to compile, verify and profile works.'
    : 'Something that is needed is missing or does not work.';
  return `${[table, ...remarks].join('\n')}\n${verdict}\n`;
}

function remark({ name, status, purpose, problem, install }: CheckResult): string {
  const lines = [`${name} is needed to ${purpose}.`];
  if (problem !== undefined)
    lines.push(`  ${status === 'broken' ? 'It is there, but ' : ''}${escapeControls(problem)}`);
  if (install !== undefined) lines.push(`  ${install}`);
  return `${lines.join('\n')}\n`;
}

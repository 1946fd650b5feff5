import type { Command } from 'commander';
import { fail } from '../../diagnostics/diagnostic.js';
import { exitCodes } from '../exit-codes.js';
import type { CommandIo } from '../io.js';
import type { PaperRow } from '../paper/measure.js';
import { paperNetworks } from '../paper/networks.js';
import type { Shell } from '../shell.js';
import { exitCodeOfVerdict } from '../verdict.js';

const targetName = 'cortex-m4';

/** `npm run paper [words]`: measures the networks whose files have one of the words, or all. Not a command of effnetc. */
export function registerPaper(program: Command, shell: Shell): void {
  program
    .command('paper')
    .argument('[words...]')
    .action(shell.action<object, [readonly string[]]>((io, _options, words) => runPaper(io, words, shell)));
}

async function runPaper(io: CommandIo, words: readonly string[], shell: Shell) {
  const { measureNetwork, seed } = await import('../paper/measure.js');
  const { exactness, paperTable, rowJson } = await import('../paper/table.js');
  const { loadTarget } = await import('../../target/load-target.js');
  const { letSignalsEndUs } = await import('../../interpreter/yield.js');
  const chosen = paperNetworks.filter(({ file }) => words.length === 0 || words.some(word => file.includes(word)));
  if (chosen.length === 0) {
    fail('E0904', `no network is called ${words.join(' or ')}`, {
      hint: `take parts of these names: ${paperNetworks.map(({ file }) => file).join(', ')}`,
    });
  }
  const target = loadTarget(targetName);
  const rows: PaperRow[] = [];
  for (const network of chosen) {
    const { file } = network;
    io.progress.update(file, rows.length, chosen.length);
    const row = await measureNetwork(network, target, io.version, io.session);
    rows.push(row);
    // All of them take minutes: in a pipe, too, somebody may be waiting.
    shell.note(`${rows.length}/${chosen.length} ${file}: bit-exact: ${exactness(row)}\n`);
    await letSignalsEndUs();
  }
  // Of several, what has gone wrong most.
  const codes = rows.map(({ verdict }) => exitCodeOfVerdict(verdict));
  const exitCode = codes.find(code => code === exitCodes.checkFailed) ?? codes.find(code => code !== exitCodes.fine);
  return {
    json: { target: targetName, seed, networks: rows.map(rowJson) },
    exitCode,
    keepWhenQuiet: true,
    text: (style: Parameters<typeof paperTable>[3]) => paperTable(rows, targetName, seed, style),
  };
}

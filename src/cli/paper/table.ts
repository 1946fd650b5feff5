import type { TextStyle } from '../io.js';
import { formatCount, type JsonObject } from '../output.js';
import { type Column, renderTable } from '../table.js';
import { reportJson } from '../verdict.js';
import type { PaperRow } from './measure.js';

const columns: readonly Column[] = [
  { title: 'network' },
  { title: 'data' },
  { title: 'weights' },
  { title: 'MACs', align: 'right' },
  { title: 'int8 B', align: 'right' },
  { title: 'arena B', align: 'right' },
  { title: 'by layers', align: 'right' },
  { title: 'RAM B', align: 'right' },
  { title: 'flash B', align: 'right' },
  { title: 'instructions', align: 'right' },
  { title: 'bit-exact' },
];

const figure = (value: number | undefined): string => (value === undefined ? '-' : formatCount(value));

const origin = ({ network: { trained } }: PaperRow): 'trained' | 'random' =>
  trained === undefined ? 'random' : 'trained';

/** Is the C right, and who says so? */
export function exactness({ verdict, tooLarge, reports }: PaperRow): string {
  if (reports.some(({ status }) => status === 'different')) return 'NO';
  if (!verdict.bitExact)
    return reports.find(({ reason }) => reason !== undefined)?.reason?.split('\n', 1)[0] ?? 'not run';
  return tooLarge ? 'on the host; too large for the board' : 'yes';
}

/** The paper's table, with what it never had. */
export function paperTable(rows: readonly PaperRow[], target: string, seed: number, style: TextStyle): string {
  const cells = rows.map(row => [
    row.network.title,
    row.network.data,
    origin(row),
    figure(row.macs),
    figure(row.weightBytes),
    figure(row.arena),
    figure(row.arenaByLayers),
    figure(row.ram),
    figure(row.flash),
    figure(row.instructions),
    exactness(row),
  ]);
  return (
    `${renderTable(columns, cells, style)}\n` +
    `On ${target}, in QEMU; instructions of one inference, not cycles. Arena: rows are streamed, and layer by layer for comparison;\n` +
    'RAM has input, output and measured stack besides, flash has code and tables. Bit-exact: every byte of every layer, on random\n' +
    `and extreme inputs. Random weights are of seed ${seed}: these networks are not trained.\n`
  );
}

export function rowJson(row: PaperRow): JsonObject {
  const { network, macs, weightBytes, arena, arenaByLayers, ram, flash, instructions, tooLarge } = row;
  return {
    network: network.title,
    data: network.data,
    file: network.file,
    weights: origin(row),
    macs,
    weightBytes,
    arena,
    arenaByLayers,
    ram: ram ?? null,
    flash: flash ?? null,
    instructions: instructions ?? null,
    tooLarge,
    bitExact: row.verdict.bitExact,
    drivers: row.reports.map(reportJson),
  };
}

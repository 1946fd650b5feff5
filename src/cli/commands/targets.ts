import type { Command } from 'commander';
import { listTargets, loadTarget } from '../../target/load-target.js';
import type { Target } from '../../target/target.js';
import type { CommandResult } from '../io.js';
import { formatBytes, type JsonObject } from '../output.js';
import type { Shell } from '../shell.js';
import { type Column, renderTable } from '../table.js';

/** `effnetc targets`: what code can be made for, and what runs it here. */
export function registerTargets(program: Command, shell: Shell): void {
  program
    .command('targets')
    .description('list the cores and boards that code can be made for')
    .addHelpText('after', '\nExample:\n  $ effnetc targets --json')
    .action(shell.action(async () => describe(listTargets().map(name => loadTarget(name)))));
}

const columns: readonly Column[] = [
  { title: 'target' },
  { title: 'cpu' },
  { title: 'isa' },
  { title: 'emulator' },
  { title: 'RAM', align: 'right' },
  { title: 'flash', align: 'right' },
  { title: 'description', wrap: true },
];

/** Terminals below this have no room for the description, which would turn into a ladder of single words. */
const wideColumns = 110;

function describe(targets: readonly Target[]): CommandResult {
  return {
    json: { targets: targets.map(targetJson) },
    keepWhenQuiet: true,
    text: style => {
      const shown = columns.slice(0, style.pretty && style.columns < wideColumns ? -1 : undefined);
      const rows = targets.map(target => targetRow(target).slice(0, shown.length));
      return renderTable(shown, rows, style);
    },
  };
}

function targetRow(target: Target): string[] {
  return [
    target.name,
    target.cpu ?? '-',
    target.isa.join(' ') || 'generic',
    emulators(target)
      .map(({ name }) => name)
      .join(', ') || '-',
    target.budget ? formatBytes(target.budget.ramBytes) : '-',
    target.budget ? formatBytes(target.budget.flashBytes) : '-',
    target.description,
  ];
}

/** What can run code for the target, the preferred one first. */
function emulators(target: Target): { readonly name: string; readonly machine?: string }[] {
  return [
    ...(target.qemu ? [{ name: 'qemu', machine: target.qemu.machine }] : []),
    ...(target.rp2040js ? [{ name: 'rp2040js' }] : []),
  ];
}

function targetJson(target: Target): JsonObject {
  return {
    name: target.name,
    description: target.description,
    cpu: target.cpu ?? null,
    isa: target.isa,
    emulators: emulators(target),
    budget: target.budget ? { ram: target.budget.ramBytes, flash: target.budget.flashBytes } : null,
  };
}

import { fail } from './diagnostics/diagnostic.js';
import type { CompiledModel } from './pipeline.js';
import { arenaContents } from './plan/contents.js';
import type { Plan } from './plan/plan.js';
import type { Target } from './target/target.js';

/** What the user allows, in bytes; where nothing is said, the target's own memory counts. */
export interface Limits {
  /** For the arena. */
  readonly ram?: number | undefined;
  /** For weights and tables. */
  readonly flash?: number | undefined;
}

/** What a firmware around the model needs at least: its stack and its own variables. */
const reservedBytes = 512;
/** The state of `push_row`. */
const stateBytes = 4;

/**
 * Holds a compiled model against limits. The limit of `--max-ram` is one for the arena. A target's own RAM must also hold
 * the output, the input rows that are kept, one input row, and a stack; the whole input where that is overwritten.
 *
 * @throws CompileError E0601 or E0602 when the model does not fit
 */
export function checkBudget(compiled: CompiledModel, target: Target, limits: Limits = {}): void {
  const { plan, view, firmware } = compiled;
  const around = firmware.outputBytes + inputBytes(compiled) + reservedBytes;
  if (limits.ram !== undefined) requireRam(compiled, plan.arenaBytes, limits.ram, '--max-ram allows', '');
  else if (target.budget !== undefined) {
    const input = plan.pushing === undefined ? 'the input' : 'input rows';
    const note = `, with ${around} bytes for ${input}, output and stack`;
    requireRam(compiled, plan.arenaBytes + around, target.budget.ramBytes, `${target.name} has`, note);
  }
  const constants = view.weightBytes + view.tableBytes;
  const flash = limits.flash ?? target.budget?.flashBytes;
  if (flash !== undefined && constants > flash) {
    const owner = limits.flash === undefined ? `${target.name} has` : '--max-flash allows';
    const largest = [...compiled.view.layers]
      .map(layer => ({ layer, values: layer.tables.reduce((sum, table) => sum + table.count, 0) }))
      .reduce((a, b) => (b.values > a.values ? b : a)).layer;
    const { node } = plan.layers[largest.index];
    fail(
      'E0602',
      `${view.name} has ${constants} bytes of weights and tables, ${owner} ${flash}: ${constants - flash} too many`,
      {
        span: node.span,
        notes: [`most of it belongs to layer '${node.name}' (${node.op}); the code comes on top`],
        hint: 'use fewer channels there, or a target with more flash',
      },
    );
  }
}

/** What the input takes at least: as rows that are pushed, with what that needs, where they can be. */
function inputBytes({ plan, firmware }: CompiledModel): number {
  if (plan.pushing === undefined) return firmware.inputBytes;
  const { keptRows } = plan.pushing;
  return ((keptRows > 1 ? keptRows + 1 : 1) * firmware.inputBytes) / firmware.inputRows + stateBytes;
}

function requireRam({ plan, view }: CompiledModel, wanted: number, there: number, owner: string, note: string): void {
  if (wanted <= there) return;
  const { node } = plan.peak;
  fail('E0601', `${view.name} needs ${wanted} bytes of RAM${note}; ${owner} ${there}: ${wanted - there} too many`, {
    span: node.span,
    notes: [
      `most is live while layer '${node.name}' (${node.op}) makes a row: ${contentsText(plan)}`,
      plan.arenaBytes <= plan.leastBytes
        ? 'no order of the steps needs less'
        : `no order of the steps needs less than ${plan.leastBytes} bytes of arena`,
    ],
    hint: 'use fewer channels in these layers or a stride before them, or a target with more RAM',
  });
}

const shown = 4;

/** `2,048 bytes of block1.pw (2 rows), ...`, the largest first. */
function contentsText(plan: Plan): string {
  const contents = arenaContents(plan, plan.peak.step);
  const texts = contents
    .slice(0, shown)
    .map(({ name, what, count, bytes }) =>
      what === 'rows'
        ? `${bytes} bytes of ${name} (${count === 1 ? '1 row' : `${count} rows`})`
        : `${bytes} bytes of ${what} of ${name}`,
    );
  const rest = contents.slice(shown).reduce((sum, { bytes }) => sum + bytes, 0);
  return [...texts, ...(rest > 0 ? [`${rest} bytes of others`] : [])].join(', ');
}

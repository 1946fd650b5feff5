import { CompileError, type Diagnostic, diagnostic } from '../diagnostics/diagnostic.js';
import { type Limits, otherRam, type Part, sum } from '../emit/limits.js';
import { constantBytes } from '../emit/tables.js';
import { imageOf } from '../plan/image.js';
import type { Plan } from '../plan/plan.js';
import type { Target } from '../target/target.js';
import type { Entry } from '../toolchain/firmware.js';
import type { CompiledModel } from './compile.js';

/** What is live during a step, by tensor or layer state, largest first. */
export interface ArenaContent {
  /** Name of the node whose rows they are. */
  readonly name: string;
  readonly what: 'rows' | 'sums' | 'scratch';
  readonly count: number;
  readonly bytes: number;
}

/** The buffers that are live during one step of a plan. */
export function arenaContents(plan: Plan, step: number): ArenaContent[] {
  const { blocks, rows, states, scratch } = plan.buffers;
  const content = (name: string, what: ArenaContent['what'], numbers: Iterable<number>): ArenaContent[] => {
    const live = [...numbers].filter(b => b >= 0 && blocks[b].from <= step && step <= blocks[b].to);
    const bytes = live.reduce((sum, b) => sum + blocks[b].bytes, 0);
    return live.length === 0 ? [] : [{ name, what, count: live.length, bytes }];
  };
  const ofLayers = plan.layers.flatMap(({ node: { name }, row }, l) => [
    ...content(name, 'rows', rows[row.output]),
    ...content(name, 'sums', [states[l]]),
    ...content(name, 'scratch', scratch[l]),
  ]);
  const image = imageOf(plan.program);
  const ofImage =
    image === undefined ? [] : content(plan.program.tensors[image.tensor].name, 'rows', rows[image.tensor]);
  return [...ofImage, ...ofLayers].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

/**
 * Holds a compiled model against limits: those of the user and those of the target, each by itself.
 *
 * What is counted belongs to the entry that the firmware calls. `--max-ram` is for the static RAM of the model: the arena,
 * and with rows pushed the input rows and output rows that are kept. A target's RAM must also hold the input (a row of
 * it, where rows are pushed), the output and a stack. Flash counts weights and tables; the code comes on top.
 *
 * @throws CompileError E0601 and E0602, one for each limit that is broken
 */
export function checkBudget(compiled: CompiledModel, target: Target, limits: Limits = {}): void {
  const problems = budgetProblems(compiled, target, limits);
  if (problems.length > 0) throw new CompileError(problems);
}

/** What checkBudget throws, as a list; empty when the model fits. */
export function budgetProblems(compiled: CompiledModel, target: Target, limits: Limits = {}): Diagnostic[] {
  const { ram, flash } = limits;
  const { budget } = target;
  const problems = [
    ram === undefined ? undefined : ramProblem(compiled, staticParts, allowed('--max-ram', ram)),
    budget === undefined ? undefined : ramProblem(compiled, allParts, owned(target, budget.ramBytes)),
    flash === undefined ? undefined : flashProblem(compiled, allowed('--max-flash', flash)),
    budget === undefined ? undefined : flashProblem(compiled, owned(target, budget.flashBytes)),
  ];
  return problems.filter(problem => problem !== undefined);
}

interface Limit {
  readonly bytes: number;
  /** `microbit has`. */
  readonly owner: string;
  /** What helps, besides a smaller model. */
  readonly remedy: (wanted: number, what: string) => string;
}

const allowed = (option: string, bytes: number): Limit => ({
  bytes,
  owner: `${option} allows`,
  remedy: wanted => `raise ${option} to ${wanted} or more`,
});
const owned = ({ name }: Target, bytes: number): Limit => ({
  bytes,
  owner: `${name} has`,
  remedy: (_, what) => `take a target with more ${what}`,
});

const listed = (parts: readonly Part[]): string =>
  parts
    .filter(([bytes]) => bytes > 0)
    .map(([bytes, what]) => `${bytes} ${what}`)
    .join(', ');

/** Static RAM of the model. */
function staticParts({ plan }: CompiledModel, entry: Entry): Part[] {
  const { ringBytes = 0, stagedBytes = 0 } = plan.pushing ?? {};
  const kept: Part[] = [
    [ringBytes, 'for input rows that are kept'],
    [stagedBytes, 'for output rows that wait for the end'],
  ];
  return [[plan.arenaBytes, 'for the arena'], ...(entry === 'push-row' ? kept : [])];
}

/** All RAM that one inference takes. */
function allParts(compiled: CompiledModel, entry: Entry): Part[] {
  return [...staticParts(compiled, entry), ...otherRam({ ...compiled.firmware, entry })];
}

const otherEntry: Readonly<Record<Entry, Entry>> = { infer: 'push-row', 'push-row': 'infer' };

function ramProblem(
  compiled: CompiledModel,
  partsOf: (compiled: CompiledModel, entry: Entry) => Part[],
  limit: Limit,
): Diagnostic | undefined {
  const { plan, view, firmware, mayConsumeInput } = compiled;
  const parts = partsOf(compiled, firmware.entry);
  const wanted = sum(parts);
  if (wanted <= limit.bytes) return undefined;
  const other = otherEntry[firmware.entry];
  const otherwise = sum(partsOf(compiled, other));
  const { node } = plan.peak;
  const most =
    `${plan.peak.bytes} bytes are live while layer '${node.name}' (${node.op}) makes a row: ${contentsText(plan)}` +
    (plan.arenaBytes > plan.peak.bytes ? `; the arena has ${plan.arenaBytes - plan.peak.bytes} more, in gaps` : '');
  const least =
    plan.arenaBytes <= plan.leastBytes
      ? 'no order of the steps needs less arena'
      : `no order of the steps needs less than ${plan.leastBytes} bytes of arena`;
  return diagnostic(
    'error',
    'E0601',
    `${view.name} needs ${wanted} bytes of RAM; ${limit.owner} ${limit.bytes}: ${wanted - limit.bytes} too many`,
    {
      span: (plan.arenaBytes > firmware.outputBytes ? node : outputLayer(plan)).span,
      notes: [
        ...(parts.length > 1 ? [`with --entry ${firmware.entry}: ${listed(parts)}`] : []),
        ...(plan.arenaBytes > 0 ? [most, least] : []),
        ...(plan.pushing !== undefined && otherwise <= limit.bytes
          ? [`with --entry ${other} it needs ${otherwise} bytes, and fits`]
          : []),
        ...(firmware.entry === 'infer' && !mayConsumeInput
          ? ['--consume-input needs less where rows may be made over the image of the caller']
          : []),
      ],
      hint: `use fewer channels there or a stride before, or ${limit.remedy(wanted, 'RAM')}`,
    },
  );
}

const outputLayer = ({ program, layers, peak }: Plan): Plan['peak']['node'] =>
  layers.find(({ row }) => program.tensors[row.output].home === 'output')?.node ?? peak.node;

const shown = 4;

/** `2048 bytes of block1.pw (2 rows), ...`, the largest first. */
function contentsText(plan: Plan): string {
  const contents = arenaContents(plan, plan.peak.step);
  const texts = contents
    .slice(0, shown)
    .map(({ name, what, count, bytes }) =>
      what === 'rows'
        ? `${bytes} bytes of ${name} (${count === 1 ? '1 row' : `${count} rows`})`
        : `${bytes} bytes of ${what} of ${name}`,
    );
  const rest = contents.slice(shown).reduce((total, { bytes }) => total + bytes, 0);
  const shared = contents.reduce((total, { bytes }) => total + bytes, 0) - plan.peak.bytes;
  return (
    [...texts, ...(rest > 0 ? [`${rest} bytes of others`] : [])].join(', ') +
    (shared > 0 ? `; ${shared} bytes are in two of these, since a row is made over one that dies` : '')
  );
}

function flashProblem(compiled: CompiledModel, limit: Limit): Diagnostic | undefined {
  const { plan, view } = compiled;
  const wanted = view.weightBytes + view.tableBytes;
  if (wanted <= limit.bytes) return undefined;
  const layers = plan.layers.map(({ node, kernel }) => ({
    node,
    bytes: constantBytes(kernel.tables),
  }));
  const { node, bytes } = layers.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const driver = wanted - layers.reduce((total, layer) => total + layer.bytes, 0);
  return diagnostic(
    'error',
    'E0602',
    `${view.name} has ${wanted} bytes of weights and tables; ${limit.owner} ${limit.bytes}: ${wanted - limit.bytes} too many`,
    {
      span: node.span,
      notes: [
        `${bytes} bytes belong to layer '${node.name}' (${node.op}), more than to any other; ${driver} to the order of the steps`,
        'the code comes on top',
        ...zerosNote(compiled),
      ],
      hint: `use fewer channels there, or ${limit.remedy(wanted, 'flash')}`,
    },
  );
}

/** What `--optimize size` would save by not storing zeros; nothing where there are few, or where it is on. */
function zerosNote({ plan, candidates, optimize }: CompiledModel): string[] {
  if (optimize === 'size') return [];
  const saved = candidates.map(({ node: layer, rows, accumulate }) => {
    const now = plan.layers.find(({ node }) => node === layer)?.kernel.tables ?? [];
    const without = [...rows, ...accumulate].filter(({ plan: { tables } }) =>
      tables.some(({ sparse }) => sparse === true),
    );
    return without.reduce((most, { cost }) => Math.max(most, constantBytes(now) - cost.tableBytes), 0);
  });
  const bytes = saved.reduce((total, each) => total + each, 0);
  return bytes === 0 ? [] : [`up to ${bytes} bytes less with --optimize size, which stores no zeros among weights`];
}

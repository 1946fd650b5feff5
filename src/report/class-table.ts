import type { CompiledModel } from '../pipeline/index.js';
import type { ProfileResult } from '../run/profile.js';
import { type ClassCounts, type InstructionClass, instructionClasses } from '../timing/class.js';
import { colourOf, formatCount } from './format.js';
import type { ClassView } from './page-views.js';

/** Heads of columns. */
export const classTitles: Readonly<Record<InstructionClass, string>> = {
  load: 'load',
  store: 'store',
  multiply: 'mul',
  dspMultiply: 'DSP mul',
  dsp: 'DSP',
  divide: 'div',
  alu: 'ALU',
  branchTaken: 'taken',
  branchNotTaken: 'not taken',
  mveLoad: 'MVE load',
  mveStore: 'MVE store',
  mveMultiply: 'MVE mul',
  mve: 'MVE',
  float: 'float',
  other: 'other',
};

/** The classes that occur at all, in their order. */
export const classesIn = (classes: ClassCounts): InstructionClass[] =>
  instructionClasses.filter(name => classes[name] !== undefined);

/** Per cent of each class, with a digit; empty where nothing was executed. */
export function classShares(shown: readonly InstructionClass[], classes: ClassCounts): string[] {
  const whole = shown.reduce((sum, name) => sum + (classes[name] ?? 0), 0);
  return shown.map(name => (whole === 0 ? '' : ((100 * (classes[name] ?? 0)) / whole).toFixed(1)));
}

/** What the instructions of each layer are, or why that is not known. */
export function classTable({ plan }: CompiledModel, profile: ProfileResult): ClassView {
  if (profile.counts.kind === 'skipped') return { counted: false, reason: profile.counts.reason, titles: [], rows: [] };
  const { whole, driver, layers } = profile.counts.counts;
  const shown = classesIn(whole.classes);
  const rowOf = (name: string, classes: ClassCounts, instructions: number) => {
    return { name, instructions: formatCount(instructions), shares: classShares(shown, classes) };
  };
  return {
    counted: true,
    reason: '',
    titles: shown.map(name => classTitles[name]),
    rows: layers.map((part, layer) => ({
      layer,
      colour: colourOf(layer),
      ...rowOf(plan.layers[layer].node.name, part.classes, part.instructions),
    })),
    driver: rowOf('loop over the steps, with what finds rows', driver.classes, driver.instructions),
    whole: rowOf('in all', whole.classes, whole.instructions),
  };
}

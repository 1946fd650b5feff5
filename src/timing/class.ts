import type { InstructionKind } from './kind.js';

/** What a profile counts. A call or a return is a branch taken; one that loads the program counter is a load. */
export const instructionClasses = [
  'load',
  'store',
  'multiply',
  'dspMultiply',
  'dsp',
  'divide',
  'alu',
  'branchTaken',
  'branchNotTaken',
  'mveLoad',
  'mveStore',
  'mveMultiply',
  'mve',
  'float',
  'other',
] as const;

export type InstructionClass = (typeof instructionClasses)[number];

const classes: Readonly<
  Record<InstructionKind, Exclude<InstructionClass, 'branchTaken' | 'branchNotTaken'> | 'branch'>
> = {
  alu: 'alu',
  shift: 'alu',
  extend: 'alu',
  dsp: 'dsp',
  dspMultiply: 'dspMultiply',
  multiply: 'multiply',
  multiplyAccumulate: 'multiply',
  multiplyLong: 'multiply',
  multiplyAccumulateLong: 'multiply',
  divide: 'divide',
  load: 'load',
  loadNarrow: 'load',
  loadDouble: 'load',
  loadMultiple: 'load',
  store: 'store',
  storeRegister: 'store',
  storeDouble: 'store',
  storeMultiple: 'store',
  branch: 'branch',
  branchConditional: 'branch',
  branchRegister: 'branch',
  call: 'branch',
  callRegister: 'branch',
  tableBranch: 'branch',
  loop: 'branch',
  loopStart: 'other',
  ifThen: 'other',
  nop: 'other',
  system: 'other',
  mveLoad: 'mveLoad',
  mveStore: 'mveStore',
  mveInteger: 'mve',
  mveMultiply: 'mveMultiply',
  mveControl: 'mve',
  float: 'float',
  unknown: 'other',
};

/** Executions by class; classes that did not occur are left out. */
export type ClassCounts = Readonly<Partial<Record<InstructionClass, number>>>;

/** Sums up executions by class. */
export class ClassTally {
  private readonly counts = new Map<InstructionClass, number>();

  /**
   * @param runs how often the instruction was executed
   * @param jumps after how many of these the code after it did not follow
   */
  add(kind: InstructionKind, runs: number, jumps: number): void {
    const named = classes[kind];
    if (named === 'branch') {
      this.increase('branchTaken', jumps);
      this.increase('branchNotTaken', runs - jumps);
    } else {
      this.increase(named, runs);
    }
  }

  private increase(name: InstructionClass, by: number): void {
    if (by > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  /** In the order of {@link instructionClasses}. */
  get result(): ClassCounts {
    const entries = instructionClasses.flatMap(name => {
      const count = this.counts.get(name);
      return count === undefined ? [] : [[name, count] as const];
    });
    return Object.fromEntries(entries);
  }
}

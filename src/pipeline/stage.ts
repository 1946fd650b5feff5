/**
 * A stage of the compiler: what it makes of what the stages before it have made. `In` is what it reads of the state, `Out` what it adds.
 */
export interface Stage<In extends object, Out extends object> extends StageInfo {
  run(state: In): Out;
  /** The state after it, for `--print-after`: the textual IR, and after it as comments what is not in the graph. */
  print(state: In & Out): string;
}

/** The names of the stages, in the order in which they run. */
export const stageNames = ['load', 'lower', 'integer-passes', 'reduce', 'select', 'plan', 'emit'] as const;

export type StageName = (typeof stageNames)[number];

/** What a list of stages tells of one. */
export interface StageInfo {
  readonly name: StageName;
  /** What it does, in a line for the docs. */
  readonly does: string;
}

/** Is told of each stage that has run; `print` makes the text of the state after it. */
export type Observe = (stage: StageInfo, print: () => string) => void;

/** Stages that run one after the other on a state to which each adds. */
export class Pipeline<In extends object, Out extends object> {
  private constructor(
    /** The stages, in the order in which they run. */
    readonly stages: readonly StageInfo[],
    private readonly execute: (state: In, observe: Observe) => Out,
  ) {}

  /** No stage yet: the state is what comes in. */
  static of<State extends object>(): Pipeline<State, State> {
    return new Pipeline<State, State>([], state => state);
  }

  /** With a stage more. */
  with<Added extends object>(stage: Stage<Out, Added>): Pipeline<In, Out & Added> {
    return new Pipeline<In, Out & Added>([...this.stages, stage], (initial, observe) => {
      const before = this.execute(initial, observe);
      const after = { ...before, ...stage.run(before) };
      observe(stage, () => stage.print(after));
      return after;
    });
  }

  /** Runs all stages. @throws what a stage throws */
  run(state: In, observe: Observe = () => {}): Out {
    return this.execute(state, observe);
  }
}

import { compiling } from './compile.js';
import { lowering } from './lowering.js';
import { reducing } from './reduce.js';
import type { StageInfo } from './stage.js';

export type { Goal } from '../kernels/kernel.js';
export { countMacs, layerMacs, type ReducedLayer, sourceOf } from '../ops/facts.js';
export type { OrderGoal } from '../plan/plan.js';
export {
  type CompiledModel,
  type CompileOptions,
  compileForTarget,
  compileModel,
  kernelCandidates,
  type TargetModel,
  type TargetOptions,
  withoutTuning,
} from './compile.js';
export {
  floatClasses,
  floatWeightsOf,
  type LoadedModel,
  loadedModel,
  loadFloatModel,
  loadFloatOnnx,
  loadImportedModel,
  loadOnnxModel,
  loadQuantisedModel,
  type ModelSource,
  quantiseModel,
  quantiseToGoal,
  type RandomWeights,
  randomModel,
} from './load.js';
export { describeSource } from './provenance.js';
export { reduceFor } from './reduce.js';
export { type Observe, Pipeline, type Stage, type StageInfo } from './stage.js';

/** The stages of effnetc, in the order in which they run: the map of the project. docs/architecture.md has the same list. */
export const stages: readonly StageInfo[] = [...lowering.stages, ...reducing.stages, ...compiling.stages];

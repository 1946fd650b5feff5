import { type Activation, activationSchema, fusedByName } from '../../../ops/shared/activation.js';
import type { OperatorContext } from '../context.js';
import { activations, type FusedActivation } from '../schema.js';

/** How operators of a kind become nodes: adds them, and says which is the result. */
export type Translation = (context: OperatorContext) => void;

/** A translation, and what it does with int16. */
export interface Translated {
  readonly translate: Translation;
  /** Where TensorFlow Lite Micro takes int16: `alone` where all that is read and made is int16, `mixed` where types may differ. */
  readonly int16?: 'alone' | 'mixed';
}

/** The activation that an operator has fused in. @throws CompileError E0122 for one that is no clamp */
export function fusedActivation(context: OperatorContext): Activation {
  const name: FusedActivation | undefined = activations[context.operator.options.fused_activation_function];
  const kind = name && fusedByName(name);
  const { data: found } = activationSchema.safeParse({ kind });
  return (
    found ?? context.refuse(`has the fused activation ${name ?? context.operator.options.fused_activation_function}`)
  );
}

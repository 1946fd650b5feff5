import { type Activation, activationSchema, fusedByName } from '../../../ops/shared/activation.js';
import { activations, type FusedActivation } from '../schema.js';
import type { OperatorSite } from '../site.js';

/** How operators of a kind become nodes: adds them, and says which is the result. */
export type Translation = (site: OperatorSite) => void;

/** A translation, and what it does with int16. */
export interface Translated {
  readonly translate: Translation;
  /** Where TensorFlow Lite Micro takes int16: `one` type for what is read and made, or `any`. */
  readonly wide?: 'one' | 'any';
}

/** The activation that an operator has fused in. @throws CompileError E0122 for one that is no clamp */
export function fusedActivation(site: OperatorSite): Activation {
  const name: FusedActivation | undefined = activations[site.operator.options.fused_activation_function];
  const kind = name && fusedByName(name);
  const { data: found } = activationSchema.safeParse({ kind });
  return found ?? site.refuse(`has the fused activation ${name ?? site.operator.options.fused_activation_function}`);
}

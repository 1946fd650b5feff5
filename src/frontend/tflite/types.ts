import { fail } from '../../diagnostics/diagnostic.js';
import type { Translated } from './ops/op.js';
import { activationTypes } from './quantisation.js';
import type { OperatorSite } from './site.js';

/**
 * Holds the activations of an operator against the types that it takes: int16 only where TensorFlow Lite Micro does, and then
 * for all of them, unless it is there to change the type.
 * @throws CompileError E0122, E0123
 */
export function requireTypes(site: OperatorSite, wide: Translated['wide']): void {
  const { kind } = site.operator;
  const types = new Set(
    site
      .activations()
      .map(({ type }) => type)
      .filter(type => activationTypes.includes(type)),
  );
  if (!types.has('INT16') || wide === 'any') return;
  if (wide === undefined) {
    site.refuse(
      'takes no int16 activations in TensorFlow Lite Micro',
      'replace the layer in the network, or convert it with int8 activations',
    );
  }
  if (types.size > 1)
    fail('E0123', `${kind} has int8 and int16 activations, where all have one type`, { span: site.span });
}

import { bypass } from '../ir/edit.js';
import { isIdentity } from '../ops/shared/activation.js';
import { activationOf, traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Removes activations that do nothing.
 * Needs: float graph. Keeps: every value. Breaks: names of the removed nodes.
 */
export const dropIdentities: FloatPass = {
  name: 'drop-identities',
  run(graph) {
    let result = graph;
    for (const node of graph.nodes) {
      const current = result.nodes.find(n => n.name === node.name);
      if (current === undefined || !traits(current).activation || !isIdentity(activationOf(current))) continue;
      result = bypass(result, current.name, current.inputs[0]);
    }
    return result;
  },
};

import { mapNodes } from '../ir/edit.js';
import { traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Removes nodes that the result does not need.
 * Needs: any graph. Keeps: the result and the input. Breaks: nothing.
 */
export const dropUnread: FloatPass = {
  name: 'drop-unread',
  run(graph) {
    const needed = new Set([graph.output]);
    for (const node of [...graph.nodes].reverse()) {
      if (needed.has(node.name)) for (const input of node.inputs) needed.add(input);
    }
    return mapNodes(graph, node => (needed.has(node.name) || traits(node).source ? node : undefined));
  },
};

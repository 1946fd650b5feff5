import { fail } from '../diagnostics/diagnostic.js';
import type { Graph, Node } from '../ir/graph.js';

function firstNotFinite(values: ArrayLike<number>): number | undefined {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return values[i];
  return undefined;
}

/** @throws CompileError E0503 when the float tensor of a node holds an infinite value or NaN */
export function requireFiniteValues(node: Node, values: ArrayLike<number>): void {
  const found = firstNotFinite(values);
  if (found === undefined) return;
  fail('E0503', `'${node.name}' computes values that are not finite for a calibration image`, {
    span: node.span,
    notes: [`${found} in the output of ${node.op}`],
    hint: 'look for weights, batch norm statistics or calibration values that are absurdly large',
  });
}

/** @throws CompileError E0503 at the first node with a parameter that is infinite or NaN */
export function requireFiniteConstants(graph: Graph): void {
  for (const node of graph.nodes) {
    for (const [role, { data }] of Object.entries(node.constants)) {
      const found = firstNotFinite(data);
      if (found === undefined) continue;
      fail('E0503', `${role} of ${node.op} '${node.name}' has a value that is not finite`, {
        span: node.span,
        notes: [`${found}, after the ops around it were folded into it`],
        hint: 'look for weights that are absurdly large, and for a batch norm whose variance and epsilon are almost zero',
      });
    }
  }
}

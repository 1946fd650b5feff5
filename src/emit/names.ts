import type { Node } from '../ir/graph.js';

/** `l03` for layer 3: two digits at least, so that names sort. */
export function layerPrefix(layer: number): string {
  return `l${String(layer).padStart(2, '0')}`;
}

/** A name as part of a C identifier. */
export function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

/** `block1.pw`, as it stands in comments; `*` and `/` cannot end the comment. */
export function commentName(node: Node): string {
  return node.name.replace(/\*\//g, '* /');
}

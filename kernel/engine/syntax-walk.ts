import type { AnyNode } from 'acorn';

/** Visits `node` and all below it, parents first. Where `visit` returns false, what is below is left out. */
// biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing visits all
export function walk(node: AnyNode, visit: (node: AnyNode) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of children(node)) walk(child, visit);
}

/** How often each name occurs as an identifier, in whatever role. */
export function identifiers(root: AnyNode): Map<string, number> {
  const counts = new Map<string, number>();
  walk(root, (node) => {
    if (node.type === 'Identifier') counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
  });
  return counts;
}

/** The names that a declaration's pattern binds: `{a, b: [c]}` binds a and c. */
export function boundNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => boundNames(p.type === 'Property' ? p.value : p.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

function children(node: AnyNode): AnyNode[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

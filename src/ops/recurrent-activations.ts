import type { Node } from '../ir/index.ts';

const decoder = new TextDecoder();

/** The activations of each direction as the node gives them, or the operator's own. */
export function activationsOf(node: Node, standard: readonly string[]): readonly string[] {
  const attribute = node.attributes.get('activations');
  if (attribute?.type !== 'strings' || attribute.value.length === 0) return standard;
  return attribute.value.map((text) => decoder.decode(text));
}

/** Throws ModelError unless each direction has the operator's own activations. */
export function requireActivations(node: Node, standard: readonly string[]): void {
  const given = activationsOf(node, standard);
  if (given.every((name, i) => name.toLowerCase() === standard[i % standard.length]!.toLowerCase())) return;
  throw node.error(
    `has a gradient with the activations ${standard.join(', ')} only, has ${given.join(', ')}`,
  );
}

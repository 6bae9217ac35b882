import { ModelError } from '../../errors.ts';
import { type GraphNode, splitReference } from './graph-node.ts';

/**
 * The nodes that `outputs` need, each after those it takes from. Throws ModelError if one is missing or they form a cycle.
 * Without recursion, as a file may hold a chain of any length.
 */
export function neededNodes(nodes: ReadonlyMap<string, GraphNode>, outputs: readonly string[]): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: { node: GraphNode; next: number }[] = [];
  const open = (reference: string, user: string): void => {
    const { name } = splitReference(reference);
    if (state.get(name) === 'done') return;
    const node = nodes.get(name);
    if (!node)
      throw new ModelError(`${user} takes '${reference}', which the model has not`, { value: reference });
    if (state.get(name) === 'open')
      throw new ModelError(`${node.op} '${name}' must not depend on itself, is in a cycle`, {
        op: node.op,
        node: name,
      });
    state.set(name, 'open');
    stack.push({ node, next: 0 });
  };
  for (const output of outputs) {
    open(output, 'The model');
    while (stack.length) {
      const top = stack.at(-1)!;
      const input = top.node.inputs[top.next++];
      if (input !== undefined) {
        open(input, `${top.node.op} '${top.node.name}'`);
        continue;
      }
      state.set(top.node.name, 'done');
      order.push(top.node);
      stack.pop();
    }
  }
  return order;
}

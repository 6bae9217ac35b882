import { type AttributeInput, type Graph, Node, toAttribute, type Value } from '../ir/index.ts';

/**
 * Makes every use of `from` one of `to`. A graph output keeps its name, so that `to` takes it over; where it cannot
 * (it is an input, a constant, of another graph, or an output itself) nothing changes and the answer is false.
 */
export function replaceValue(graph: Graph, from: Value, to: Value): boolean {
  if (graph.outputs.includes(from)) {
    if (!to.producer || graph.outputs.includes(to) || !graph.nodes.includes(to.producer)) return false;
    [from.name, to.name] = [to.name, from.name];
    to.type = from.type ?? to.type;
  }
  to.type ??= from.type;
  graph.replaceUses(from, to);
  return true;
}

/** What stands in a node's place. */
export interface Replacement {
  readonly opType: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeInput | undefined>>;
}

/** Puts another operator in a node's place; its outputs stay the values that they are, names and all. */
export function replaceNode(graph: Graph, old: Node, { opType, inputs, attributes = {} }: Replacement): Node {
  const list = new Map(
    Object.entries(attributes).flatMap(([name, input]) =>
      input === undefined ? [] : [[name, toAttribute(name, input)] as const],
    ),
  );
  const { name, outputs } = old;
  const node = new Node({ opType, name, inputs, outputs, attributes: list });
  graph.insert(node, old);
  graph.remove(old);
  return node;
}

import { type Model, Node, toAttribute, Value } from '../../src/ir/index.ts';

/** A copy of the model whose initializers are Constant nodes of the same names. */
export function withConstantNodes(model: Model): Model {
  const copy = model.clone();
  const { graph } = copy;
  for (const value of [...graph.initializers.values()].reverse()) {
    const output = new Value(value.name, value.type);
    const attributes = new Map([['value', toAttribute('value', value.tensor!)]]);
    graph.replaceUses(value, output);
    graph.initializers.delete(value.name);
    graph.insert(
      new Node({ opType: 'Constant', name: `${value.name}_node`, inputs: [], outputs: [output], attributes }),
      graph.nodes[0],
    );
  }
  return copy;
}

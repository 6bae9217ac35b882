import {
  type Attribute,
  allGraphs,
  cloneGraph,
  Graph,
  type GraphBuilder,
  Node,
  outerValues,
  Value,
} from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';

export interface CopyPlace {
  readonly g: GraphBuilder;
  /** Of the copy. */
  readonly inputs: readonly (Value | undefined)[];
  /** The copy's value in place of one of the graph around the node. */
  standsFor(outer: Value): Value;
}

/**
 * The attributes of a node for its copy in another graph. Subgraphs are copied with it: they use the other graph's values
 * in place of what they take from around them, have names of their own, and the types that follow from both.
 */
export function copiedAttributes(node: Node, place: CopyPlace): Record<string, Attribute> {
  const attributes = [...node.attributes].map(
    ([name, attribute]) => [name, copiedAttribute(attribute, place)] as const,
  );
  if (node.subgraphs().length > 0) annotateSubgraphs(node, new Map(attributes), place.inputs);
  return Object.fromEntries(attributes);
}

function copiedAttribute(attribute: Attribute, place: CopyPlace): Attribute {
  if (attribute.type === 'graph') return { ...attribute, value: copiedGraph(attribute.value, place) };
  if (attribute.type !== 'graphs') return attribute;
  return { ...attribute, value: attribute.value.map((graph) => copiedGraph(graph, place)) };
}

function copiedGraph(graph: Graph, { g, standsFor }: CopyPlace): Graph {
  const outer = [...outerValues(graph)].map((value) => [value, standsFor(value)] as const);
  const copy = cloneGraph(graph, new Map(outer));
  rename(copy, `${g.uniqueName('subgraph')}/`);
  return copy;
}

/** A name must not be that of a value around the subgraph, and those of a training graph are others than the model's. */
function rename(copy: Graph, prefix: string): void {
  for (const graph of allGraphs(copy)) {
    for (const value of graph.values()) value.name = `${prefix}${value.name}`;
    const constants = [...graph.initializers.values()];
    graph.initializers.clear();
    for (const constant of constants) graph.addInitializer(constant);
  }
}

/** Types of the subgraphs' values by those of the node's inputs, with a node that is in no graph. */
function annotateSubgraphs(
  { opType, domain, outputs }: Node,
  attributes: Map<string, Attribute>,
  inputs: CopyPlace['inputs'],
): void {
  const graph = new Graph();
  const draft = new Node({
    ...{ opType, domain, attributes, inputs: [...inputs] },
    outputs: outputs.map(({ name }) => new Value(name)),
  });
  graph.insert(draft);
  annotateTypes(graph);
  graph.remove(draft);
}

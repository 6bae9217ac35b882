import type { Attribute } from './attribute.ts';
import { Graph } from './graph.ts';
import { Node } from './node.ts';
import { Value } from './value.ts';

/** A copy of `graph` with new nodes and values over the same tensors. `outer` maps values of enclosing graphs. */
export function cloneGraph(graph: Graph, outer: ReadonlyMap<Value, Value> = new Map()): Graph {
  const copy = new Graph(graph.name);
  const map = new Map(outer);
  const get = (value: Value): Value => {
    let twin = map.get(value);
    if (!twin) {
      twin = cloneValue(value);
      map.set(value, twin);
    }
    return twin;
  };
  for (const value of graph.initializers.values()) copy.addInitializer(get(value));
  copy.inputs.push(...graph.inputs.map(get));
  for (const node of graph.nodes) copy.insert(cloneNode(node, get, map));
  copy.outputs.push(...graph.outputs.map(get));
  copyNotes(graph, copy);
  return copy;
}

function cloneNode(node: Node, get: (value: Value) => Value, map: ReadonlyMap<Value, Value>): Node {
  const attributes = new Map<string, Attribute>();
  const inputs = node.inputs.map((value) => value && get(value));
  for (const [name, attribute] of node.attributes) attributes.set(name, cloneAttribute(attribute, map));
  const { opType, name, domain } = node;
  const copy = new Node({ opType, name, domain, inputs, outputs: node.outputs.map(get), attributes });
  copy.overload = node.overload;
  copyNotes(node, copy);
  return copy;
}

function cloneAttribute(attribute: Attribute, map: ReadonlyMap<Value, Value>): Attribute {
  if (attribute.type === 'graph') return { ...attribute, value: cloneGraph(attribute.value, map) };
  if (attribute.type === 'graphs')
    return { ...attribute, value: attribute.value.map((g) => cloneGraph(g, map)) };
  return attribute;
}

function cloneValue(value: Value): Value {
  const copy = new Value(value.name, value.type, value.tensor);
  copyNotes(value, copy);
  return copy;
}

interface Notes {
  docString: string;
  readonly metadata: Map<string, string>;
  foreign: unknown;
}

function copyNotes(from: Notes, to: Notes): void {
  to.docString = from.docString;
  to.foreign = from.foreign;
  for (const [key, value] of from.metadata) to.metadata.set(key, value);
}

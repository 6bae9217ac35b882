import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';

/** Every node of a graph and of the graphs nested in it. */
export function* allNodes(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const subgraph of node.subgraphs()) yield* allNodes(subgraph);
  }
}

/** A graph and all graphs nested in it, outer ones first. */
export function* allGraphs(graph: Graph): Generator<Graph> {
  yield graph;
  for (const node of graph.nodes) for (const subgraph of node.subgraphs()) yield* allGraphs(subgraph);
}

/** Every value that belongs to a graph or to one nested in it. */
export function* allValues(graph: Graph): Generator<Value> {
  for (const one of allGraphs(graph)) yield* one.values();
}

/** Values that a graph takes from those around it. */
export function outerValues(graph: Graph): Set<Value> {
  const own = new Set(allValues(graph));
  const outer = new Set<Value>();
  for (const one of allGraphs(graph)) {
    for (const output of one.outputs) if (!own.has(output)) outer.add(output);
    for (const node of one.nodes)
      for (const input of node.inputs) if (input && !own.has(input)) outer.add(input);
  }
  return outer;
}

/** All values that a node needs: its inputs, and what its subgraphs take from outside. */
export function usedValues(node: Node): Set<Value> {
  const used = new Set<Value>();
  for (const input of node.inputs) if (input) used.add(input);
  for (const subgraph of node.subgraphs()) for (const value of outerValues(subgraph)) used.add(value);
  return used;
}

/**
 * The nodes of a graph so that each comes after those it depends on; otherwise in the order they have
 * (Kahn's algorithm). Throws ModelError if they form a cycle.
 */
export function topologicalOrder(graph: Graph): Node[] {
  const { waiting, dependents } = dependencies(graph);
  const ready = graph.nodes.filter((node) => waiting.get(node) === 0);
  const order: Node[] = [];
  for (let i = 0; i < ready.length; i++) {
    const node = ready[i]!;
    order.push(node);
    for (const next of dependents.get(node) ?? []) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (order.length === graph.nodes.length) return order;
  const done = new Set(order);
  throw graph.nodes.find((node) => !done.has(node))!.error('must not depend on itself, is in a cycle');
}

/** How many nodes each node waits for, and which nodes wait for it. */
function dependencies(graph: Graph): { waiting: Map<Node, number>; dependents: Map<Node, Node[]> } {
  const own = new Set(graph.nodes);
  const waiting = new Map<Node, number>();
  const dependents = new Map<Node, Node[]>(graph.nodes.map((node) => [node, []]));
  for (const node of graph.nodes) {
    const producers = new Set([...usedValues(node)].flatMap((value) => value.producer ?? []));
    const needed = [...producers].filter((producer) => own.has(producer));
    waiting.set(node, needed.length);
    for (const producer of needed) dependents.get(producer)!.push(node);
  }
  return { waiting, dependents };
}

/** Puts the nodes into topological order, as ONNX files must have them. Throws ModelError on a cycle. */
export function sortNodes(graph: Graph): void {
  graph.nodes.splice(0, graph.nodes.length, ...topologicalOrder(graph));
}

/**
 * The nodes of a graph on any path from one of `from` to one of `to`, in the graph's order: what depends on
 * the first and is needed for the second.
 */
export function nodesBetween(graph: Graph, from: Iterable<Value>, to: Iterable<Value>): Node[] {
  const reached = new Set(from);
  const after = graph.nodes.filter((node) => {
    const depends = [...usedValues(node)].some((value) => reached.has(value));
    if (depends) for (const output of node.outputs) reached.add(output);
    return depends;
  });
  const needed = new Set(to);
  const between = after.reverse().filter((node) => {
    const wanted = node.outputs.some((output) => needed.has(output));
    if (wanted) for (const value of usedValues(node)) needed.add(value);
    return wanted;
  });
  return between.reverse();
}

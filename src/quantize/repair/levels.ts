import { type Graph, type Node, usedValues, type Value } from '../../ir/index.ts';

/** Nodes of a graph by how many of some nodes (layers) lie on the longest way to them, themselves included. */
export interface Levels {
  readonly depth: number;
  of(node: Node): number;
  /**
   * Names of the values that level `level` and those behind it need from before it: given these, nothing before it has to
   * run again. An activation that comes from integers is given as these, a quarter of the bytes.
   */
  frontier(level: number): string[];
}

/** Levels of a graph for its `layers`, as far as these need it. */
export function levelsOf(graph: Graph, layers: ReadonlySet<Node>): Levels {
  const levels = new Map<Node, number>();
  /** Values that feeds reach: the others are constants, whatever is computed from them. */
  const varying = new Set<Value>(graph.feeds);
  for (const node of graph.nodes) {
    const inputs = [...usedValues(node)];
    const before = inputs.map((value) => (value.producer ? (levels.get(value.producer) ?? 0) : 0));
    levels.set(node, Math.max(0, ...before) + (layers.has(node) ? 1 : 0));
    if (inputs.some((value) => varying.has(value))) for (const output of node.outputs) varying.add(output);
  }
  const needed = ancestors(graph, layers);
  const of = (node: Node) => levels.get(node)!;
  const levelOf = ({ producer }: Value) => (producer ? of(producer) : 0);
  const frontier = (level: number) => {
    const crossing = new Set<string>();
    for (const node of needed)
      if (of(node) >= level)
        for (const value of usedValues(node))
          if (varying.has(value) && levelOf(value) < level) crossing.add(integersOf(value).name);
    return [...crossing];
  };
  return { depth: Math.max(0, ...[...layers].map(of)), of, frontier };
}

function ancestors(graph: Graph, layers: ReadonlySet<Node>): Set<Node> {
  const needed = new Set<Node>(layers);
  for (const node of graph.nodes.toReversed())
    if (needed.has(node)) for (const { producer } of usedValues(node)) if (producer) needed.add(producer);
  return needed;
}

function integersOf(value: Value): Value {
  const { producer } = value;
  return producer?.opType === 'DequantizeLinear' ? producer.input(0) : value;
}

import { type Graph, type Node, usedValues, type Value } from '../ir/index.ts';

/** What runs together: first an island of nodes for onnxruntime, then the simulated nodes that have their inputs by then. */
export interface Stage {
  readonly island: readonly Node[];
  readonly simulated: readonly Node[];
}

/**
 * Splits a graph into as few stages as its dependencies allow. Nodes that `isSimulated` leaves out go to islands; an
 * island needs only what stages before it give.
 */
export function stagesOf(graph: Graph, isSimulated: (node: Node) => boolean): Stage[] {
  const at = new Map<Node, number>();
  const stages: { island: Node[]; simulated: Node[] }[] = [];
  for (const node of graph.nodes) {
    const own = isSimulated(node);
    let stage = 0;
    for (const { producer } of usedValues(node)) {
      const before = producer && at.get(producer);
      if (before === undefined) continue;
      stage = Math.max(stage, before + (!own && isSimulated(producer!) ? 1 : 0));
    }
    at.set(node, stage);
    while (stages.length <= stage) stages.push({ island: [], simulated: [] });
    stages[stage]![own ? 'simulated' : 'island'].push(node);
  }
  return stages;
}

/** Values that nodes use and do not make themselves, without constants and left-out ones. */
export function outsideInputs(nodes: readonly Node[]): Set<Value> {
  const made = new Set(nodes.flatMap((node) => [...node.outputs]));
  const inputs = new Set<Value>();
  for (const node of nodes)
    for (const value of usedValues(node))
      if (!made.has(value) && !value.tensor && value.name) inputs.add(value);
  return inputs;
}

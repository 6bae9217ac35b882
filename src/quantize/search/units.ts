import type { Graph, Node } from '../../ir/index.ts';
import { foldedInto, type QuantizationPlan } from '../plan.ts';

/** What is quantized or left float together: an int8 node with the activation that disappears into it. */
export interface Unit {
  /** Name of the node's first output: what a plan excludes. */
  readonly name: string;
  readonly node: string;
  readonly op: string;
  /** Name of the value that carries its result: the activation's output where one disappears into the node. */
  readonly output: string;
  /** Names that a plan must exclude for all of it to stay float. */
  readonly members: readonly string[];
}

/**
 * The units of a plan of `graph`, in order. What only moves numbers is none: it is int8 where its neighbours are, and costs no
 * accuracy of its own.
 */
export function unitsOf(graph: Graph, plan: QuantizationPlan): Unit[] {
  const folded = new Set<Node>();
  const units: Unit[] = [];
  for (const [node, rule] of plan.nodes) {
    if (folded.has(node) || rule.kind === 'same-scale') continue;
    const fold = foldedInto(node, graph, plan);
    if (fold) folded.add(fold);
    const name = node.output().name;
    const output = fold?.output().name ?? name;
    units.push({
      ...{ name, output, op: node.opType, node: node.name || name },
      members: fold ? [name, output] : [name],
    });
  }
  return units;
}

import type { Graph, GraphBuilder, Node, Value } from '../ir/index.ts';
import { onlyReader } from './only-reader.ts';
import type { Tape } from './tape.ts';

/**
 * x / s -> Round -> times s: a round trip through integers that no dtype of QuantizeLinear holds, as a bias takes it
 * whose scale follows from those of input and weight.
 */
export interface Rounding {
  /** Div, Round, Mul. */
  readonly nodes: readonly [Node, Node, Node];
  readonly x: Value;
  readonly scale: Value;
}

/** The roundings of a graph by each of their nodes. */
export function roundings(graph: Graph): Map<Node, Rounding> {
  const found = new Map<Node, Rounding>();
  for (const divide of graph.nodes) {
    if (divide.opType !== 'Div' || divide.domain !== '') continue;
    const round = onlyReader(graph, divide.output());
    const multiply = round?.opType === 'Round' ? onlyReader(graph, round.output()) : undefined;
    const [x, scale] = [divide.input(0), divide.input(1)];
    if (!round || multiply?.opType !== 'Mul' || !multiply.inputs.includes(scale)) continue;
    const nodes = [divide, round, multiply] as const;
    for (const node of nodes) found.set(node, { nodes, x, scale });
  }
  return found;
}

/** Writes a rounding through which the gradient of x goes as if it were not there. The scale gets none: others make it. */
export function roundThrough(g: GraphBuilder, tape: Tape, { x, scale }: { x: Value; scale: Value }): Value {
  return tape.region(g, [x, scale], () => ({
    output: g.op('Mul', [g.op('Round', [g.op('Div', [x, scale])]), scale]),
    grad: ({ dy }) => [dy, undefined],
  }));
}

import { ModelError } from '../errors.ts';
import { type Graph, type GraphBuilder, isFloat, type Node, usedValues, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';

/**
 * Reverse-mode differentiation: writes the backward nodes of the builder's graph and returns d loss / d value for each
 * of `wrt` (undefined where the loss does not depend on it). `loss` is a float scalar; shapes must be static.
 * Throws ModelError naming the node if an operator on the way has no gradient.
 */
export function backward(g: GraphBuilder, loss: Value, wrt: readonly Value[]): (Value | undefined)[] {
  const dependent = dependents(g.graph, wrt);
  const gradients = new Map<Value, Value>([[loss, g.scalar(1)]]);
  for (const node of [...g.graph.nodes].reverse()) {
    if (!dependsOn(node, dependent)) continue;
    if (!node.outputs.some((output) => gradients.has(output))) continue;
    const inputs = inputGradients(g, node, { gradients, dependent });
    for (const [index, gradient] of inputs.entries()) {
      const input = node.inputs[index];
      if (!gradient || !input || !dependent.has(input)) continue;
      const sum = gradients.get(input);
      gradients.set(input, sum ? g.op('Add', [sum, gradient]) : gradient);
    }
  }
  return wrt.map((value) => gradients.get(value));
}

interface State {
  readonly gradients: ReadonlyMap<Value, Value>;
  readonly dependent: ReadonlySet<Value>;
}

function inputGradients(g: GraphBuilder, node: Node, { gradients, dependent }: State): (Value | undefined)[] {
  const op = opOf(node);
  if (!op?.grad) {
    throw new ModelError(
      `${node.label} has no gradient: training cannot pass through it. Freeze what comes before it, or replace it`,
      { op: node.opType, node: node.name },
    );
  }
  const dys = node.outputs.map((output) => gradients.get(output));
  const dy = dys.find((gradient) => gradient !== undefined)!;
  if (!op.gradOfAllOutputs && dys.slice(1).some((gradient) => gradient !== undefined))
    throw node.error('has a gradient for its first output only, but another one reaches the loss');
  const needs = (index: number): boolean => {
    const input = node.inputs[index];
    return input !== undefined && dependent.has(input);
  };
  return op.grad({ node, g, dys, dy, needs });
}

/** `wrt` and every float value computed from it. */
function dependents(graph: Graph, wrt: readonly Value[]): Set<Value> {
  const set = new Set(wrt);
  for (const node of graph.nodes) {
    if (!dependsOn(node, set)) continue;
    for (const output of node.outputs) if (isFloat(output.dtype)) set.add(output);
  }
  return set;
}

/** Whether a node uses one of the values, itself or in its subgraphs. */
function dependsOn(node: Node, values: ReadonlySet<Value>): boolean {
  const used = node.subgraphs().length ? [...usedValues(node)] : node.inputs;
  return used.some((value) => value !== undefined && values.has(value));
}

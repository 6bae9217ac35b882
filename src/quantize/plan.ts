import type { Graph, Node, Value } from '../ir/index.ts';

import { constantOf, opOf, type QuantizeRule } from '../ops/index.ts';
import { obstacle } from './obstacle.ts';

/** What becomes int8 in a graph, and what stays float. */
export interface QuantizationPlan {
  /** Nodes between DequantizeLinear and QuantizeLinear, with their rule, in order. */
  readonly nodes: ReadonlyMap<Node, QuantizeRule>;
  /** Activations that get QuantizeLinear and DequantizeLinear, each with the value whose scale it takes. */
  readonly activations: ReadonlyMap<Value, Value>;
  /** Why a node stays float. Nodes that only make constants are not listed. */
  readonly left: ReadonlyMap<Node, string>;
}

export interface PlanOptions {
  /** Nodes that stay float, by name of their first output. */
  readonly exclude?: ReadonlySet<string>;
}

/** Decides from the operators' rules. Types must be annotated. Subgraphs stay float. */
export function planQuantization(graph: Graph, { exclude }: PlanOptions = {}): QuantizationPlan {
  const nodes = new Map<Node, QuantizeRule>();
  const left = new Map<Node, string>();
  for (const node of graph.nodes) {
    if (constantOf(node.outputs[0])) continue;
    const rule = opOf(node)?.quantize;
    const excluded = exclude?.has(node.output().name) ? 'it was excluded' : undefined;
    const reason = excluded ?? obstacle(node, rule) ?? passiveReason(node, rule!, nodes);
    if (reason) left.set(node, reason);
    else nodes.set(node, rule!);
  }
  pullBack(graph, nodes, left, exclude);
  const order = new Map(graph.nodes.flatMap((node) => (nodes.has(node) ? [[node, nodes.get(node)!]] : [])));
  return { nodes: order, activations: activationsOf(graph, order), left };
}

/** What only moves or clips numbers is int8 where its input is: alone it would lose precision for nothing. */
function passiveReason(
  node: Node,
  rule: QuantizeRule,
  nodes: ReadonlyMap<Node, QuantizeRule>,
): string | undefined {
  if (rule.kind !== 'same-scale' && rule.kind !== 'folds') return undefined;
  const producer = node.input(0).producer;
  return producer && nodes.has(producer) ? undefined : 'its input is float';
}

/** Moves quantization before nodes that only move numbers, as far up as these go. */
function pullBack(
  graph: Graph,
  nodes: Map<Node, QuantizeRule>,
  left: Map<Node, string>,
  exclude?: ReadonlySet<string>,
): void {
  for (const node of graph.nodes.toReversed()) {
    const rule = opOf(node)?.quantize;
    if (!left.has(node) || rule?.kind !== 'same-scale' || obstacle(node, rule)) continue;
    if (exclude?.has(node.output().name)) continue;
    if (!node.output().uses.some((use) => nodes.has(use.node) && isActivation(use.node, use.index, nodes)))
      continue;
    nodes.set(node, rule);
    left.delete(node);
  }
}

/** True if the node quantizes its input `index` as an activation: not weights, bias, bounds or shapes. */
export function isActivation(node: Node, index: number, nodes: ReadonlyMap<Node, QuantizeRule>): boolean {
  const rule = nodes.get(node);
  if (!rule || node.inputs[index]?.dtype !== 'float32') return false;
  if (rule.kind === 'weighted') return index !== rule.weight && index !== rule.bias;
  return rule.kind === 'quantized' || index === 0;
}

/** The activation that a node disappears into: the output of the Relu or Clip that follows it alone. */
export function foldedInto(
  node: Node,
  graph: Graph,
  nodes: ReadonlyMap<Node, QuantizeRule>,
): Node | undefined {
  const kind = nodes.get(node)?.kind;
  const output = node.output();
  const [use, ...more] = output.uses;
  if ((kind !== 'weighted' && kind !== 'quantized') || !use || more.length || graph.outputs.includes(output))
    return undefined;
  return use.index === 0 && nodes.get(use.node)?.kind === 'folds' ? use.node : undefined;
}

function activationsOf(graph: Graph, nodes: ReadonlyMap<Node, QuantizeRule>): Map<Value, Value> {
  const activations = new Map<Value, Value>();
  const folds = new Set([...nodes.keys()].map((node) => foldedInto(node, graph, nodes)));
  const add = (value: Value, like = value) => {
    if (!activations.has(value)) activations.set(value, activations.get(like) ?? like);
  };
  for (const [node, rule] of nodes) {
    node.inputs.forEach((value, index) => {
      if (value && isActivation(node, index, nodes) && !folds.has(node)) add(value);
    });
    if (foldedInto(node, graph, nodes)) continue;
    for (const output of node.outputs)
      if (output.name && output.dtype === 'float32')
        add(output, rule.kind === 'same-scale' ? node.input(0) : output);
  }
  return activations;
}

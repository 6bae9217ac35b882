import type { Graph, Node, Use, Value } from '../ir/index.ts';
import { constantOf, type QuantizeRule } from '../ops/index.ts';
import type { FixedEncoding, Target } from '../targets/index.ts';
import { isActivation, planActivations } from './activations.ts';
import type { Range } from './observer.ts';
import { floatResiduals } from './residual.ts';
import { ruleOf } from './rule-of.ts';

export { foldedInto, isActivation } from './activations.ts';

/** What becomes int8 in a graph, and what stays float. Whoever writes the graph follows it and decides nothing. */
export interface QuantizationPlan {
  /** Whose rules these are; undefined: what `src/ops` says of each operator. */
  readonly target: Target | undefined;
  /** Nodes that compute in int8, with their rule, in order. */
  readonly nodes: ReadonlyMap<Node, PlannedRule>;
  /** Inputs of int8 nodes that stay float all the same: the edge from a convolution into the sum that joins it. */
  readonly floatInputs: ReadonlyMap<Node, ReadonlySet<number>>;
  /** Activations that get QuantizeLinear and DequantizeLinear, each with the value whose scale it takes. */
  readonly activations: ReadonlyMap<Value, Value>;
  /** Of each value whose scale others may take: the values whose ranges together make its range. */
  readonly observed: ReadonlyMap<Value, readonly Value[]>;
  /** Of such values, those whose encoding the target's kernels fix, or whose range the operator does. */
  readonly fixed: ReadonlyMap<Value, FixedEncoding | Range>;
  /** Why a node stays float. Nodes that only make constants are not listed. */
  readonly left: ReadonlyMap<Node, string>;
}

/** The operator's rule as the target takes it. `shared`: all float inputs and the output have one scale. */
export type PlannedRule = QuantizeRule | { readonly kind: 'shared' };

export interface PlanOptions {
  /** Default: what `src/ops` says of each operator, as onnxruntime wants it. */
  readonly target?: Target;
  /** Nodes that stay float, by name of their first output. */
  readonly exclude?: ReadonlySet<string>;
  /**
   * Leaves what an int8 matrix product gives as an output of the model unrounded, which onnxruntime's kernels can.
   * Default false: integers on both sides, as most runtimes want it.
   */
  readonly floatOutputs?: boolean;
}

/** Decides from the operators' and the target's rules. Types must be annotated. Subgraphs stay float. */
export function planQuantization(
  graph: Graph,
  { target, exclude, floatOutputs }: PlanOptions = {},
): QuantizationPlan {
  const draft: Draft = { graph, target, exclude, nodes: new Map(), left: new Map() };
  for (const node of graph.nodes) {
    if (constantOf(node.outputs[0])) continue;
    const rule = plannedRule(node, draft);
    const reason = typeof rule === 'string' ? rule : passiveReason(node, rule, draft);
    if (reason) draft.left.set(node, reason);
    else draft.nodes.set(node, rule as PlannedRule);
  }
  pullBack(draft);
  const nodes = new Map(
    graph.nodes.flatMap((node) => (draft.nodes.has(node) ? [[node, draft.nodes.get(node)!]] : [])),
  );
  const floatInputs = target?.residual === 'external' ? floatResiduals(graph, nodes) : new Map();
  const frame = { target, nodes, floatInputs };
  return { ...frame, ...planActivations(graph, { ...frame, floatOutputs }), left: draft.left };
}

interface Draft {
  readonly graph: Graph;
  readonly target: Target | undefined;
  readonly exclude: ReadonlySet<string> | undefined;
  readonly nodes: Map<Node, PlannedRule>;
  readonly left: Map<Node, string>;
}

/** How a node is quantized, or why it stays float. */
const plannedRule = (node: Node, { target, exclude }: Draft): PlannedRule | string =>
  exclude?.has(node.output().name) ? 'it was excluded' : ruleOf(node, target);

/** What only moves or clips numbers is int8 where its input is: alone it would lose precision for nothing. */
function passiveReason(node: Node, rule: PlannedRule, { nodes }: Draft): string | undefined {
  if (rule.kind !== 'same-scale' && rule.kind !== 'folds') return undefined;
  const producer = node.input(0).producer;
  return producer && nodes.has(producer) ? undefined : 'its input is float';
}

/** Moves quantization before nodes that only move numbers, as far up as these go. */
function pullBack(draft: Draft): void {
  const { graph, nodes, left } = draft;
  for (const node of graph.nodes.toReversed()) {
    if (!left.has(node)) continue;
    const rule = plannedRule(node, draft);
    if (typeof rule === 'string' || rule.kind !== 'same-scale') continue;
    if (!node.output().uses.some((use) => isActivation(use.node, use.index, { nodes }))) continue;
    nodes.set(node, rule);
    left.delete(node);
  }
}

/** Whether both sides of int8 nodes are quantized, or their inputs only. */
const aroundNodes = ({ target }: QuantizationPlan): boolean => target?.placement !== 'inputs';

/** True if the graph has `value` in integers because of the node that makes it: then all its readers get what that gives. */
export const givenByInt8 = (value: Value, plan: QuantizationPlan): boolean =>
  aroundNodes(plan) && value.producer !== undefined && plan.nodes.has(value.producer);

/**
 * The uses of an activation that read it after QuantizeLinear and DequantizeLinear. A float reader of an int8 node reads
 * what the node really gives; other float readers keep full precision.
 */
export const quantizedUses = (value: Value, plan: QuantizationPlan): Use[] =>
  value.uses.filter((use) => givenByInt8(value, plan) || isActivation(use.node, use.index, plan));

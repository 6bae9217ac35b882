import type { Node } from '../ir/index.ts';
import { opOf, type QuantizeRule } from '../ops/index.ts';
import { type Int8Rule, type Target, unmet } from '../targets/index.ts';
import { obstacle } from './obstacle.ts';
import type { PlannedRule } from './plan.ts';

/** How a node is quantized for a target, or why it stays float, as a clause. */
export function ruleOf(node: Node, target: Target | undefined): PlannedRule | string {
  const own = opOf(node)?.quantize;
  if (!target) return obstacle(node, own) ?? own!;
  const int8 = node.domain === '' || node.domain === 'ai.onnx' ? target.operators[node.opType] : undefined;
  if (!int8) return target.float?.[node.opType] ?? `${target.name} has no int8 kernel for ${node.opType}`;
  const rule = merged(own, int8, target);
  if (!rule) return `operator ${node.opType} has no quantization rule`;
  return obstacle(node, rule) ?? firstUnmet(node, int8) ?? rule;
}

function firstUnmet(node: Node, { when = [] }: Int8Rule): string | undefined {
  for (const condition of when) {
    const reason = unmet(node, condition);
    if (reason) return reason;
  }
  return undefined;
}

/** The operator's own rule, with the scales that the target's kernel wants. */
function merged(own: QuantizeRule | undefined, int8: Int8Rule, target: Target): PlannedRule | undefined {
  if (own?.kind === 'weighted') {
    const perTensor = int8.perChannel === false || !target.weights.perChannel;
    return perTensor ? { ...own, perChannel: () => false } : own;
  }
  if (own?.kind === 'folds' || own?.kind === 'same-scale' || !int8.scales) return own;
  return { kind: int8.scales === 'own' ? 'quantized' : 'shared' };
}

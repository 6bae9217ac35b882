import type { Node } from '../ir/index.ts';
import { opOf, type QuantizeRule } from '../ops/index.ts';
import { type Int8Rule, noKernel, type Target } from '../targets/index.ts';
import { obstacle } from './obstacle.ts';
import type { PlannedRule } from './plan.ts';

/** How a node is quantized for a target, or why it stays float, as a clause. */
export function ruleOf(node: Node, target: Target | undefined): PlannedRule | string {
  const own = opOf(node)?.quantize;
  if (!target) return obstacle(node, own) ?? own!;
  const without = noKernel(node, target);
  if (without) return without;
  const rule = merged(own, target.operators[node.opType]!, target);
  if (!rule) return `operator ${node.opType} has no quantization rule`;
  return obstacle(node, rule) ?? rule;
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

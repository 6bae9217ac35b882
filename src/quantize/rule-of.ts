import type { Node } from '../ir/index.ts';
import { opOf, type QuantizeRule } from '../ops/index.ts';
import { type Int8Rule, noKernel, type Target } from '../targets/index.ts';
import { isDivisor } from './divisor.ts';
import { obstacle } from './obstacle.ts';
import type { PlannedRule } from './plan.ts';

/** How a node is quantized for a target, or why it stays float, as a clause. */
export function ruleOf(node: Node, target: Target | undefined): PlannedRule | string {
  const own = opOf(node)?.quantize;
  if (!target) return obstacle(node, own) ?? statistic(node, own!, target) ?? own!;
  const without = noKernel(node, target);
  if (without) return without;
  const rule = merged(own, target.operators[node.opType]!, target);
  if (!rule) return `operator ${node.opType} has no quantization rule`;
  return obstacle(node, rule) ?? statistic(node, rule, target) ?? rule;
}

/** Why a node that computes what is divided by stays float; what only moves numbers follows the others. */
function statistic(node: Node, { kind }: PlannedRule, target: Target | undefined): string | undefined {
  if (kind !== 'quantized' && kind !== 'shared') return undefined;
  const isFloat = (divider: Node): boolean => typeof ruleOf(divider, target) === 'string';
  return isDivisor(node.output(), isFloat)
    ? 'what it gives is divided by, which integers would round to 0'
    : undefined;
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

import type { Node, Value } from '../ir/index.ts';

import { constantOf, type QuantizeRule } from '../ops/index.ts';
import type { PlannedRule } from './plan.ts';

/** Why a node cannot be quantized by its operator's rule; undefined if it can. */
export function obstacle(node: Node, rule: PlannedRule | undefined): string | undefined {
  if (!rule) return `operator ${node.opType} has no quantization rule`;
  if (node.subgraphs().length > 0) return 'it has a subgraph';
  const data = node.input(0);
  if (data.dtype !== 'float32') return `it works on ${data.dtype ?? 'an unknown type'}, not on float32`;
  return rule.kind === 'weighted' ? weightObstacle(node, rule) : constantObstacle(node);
}

function weightObstacle(node: Node, rule: Extract<QuantizeRule, { kind: 'weighted' }>): string | undefined {
  const weight = constantOf(node.input(rule.weight));
  if (!weight) return 'its weight is not a constant: on integers only where all around it is';
  if (constantOf(node.input(0))) return 'its input is a constant';
  const own = rule.obstacle?.(node);
  if (own) return own;
  const bias = rule.bias === undefined ? undefined : node.inputs[rule.bias];
  if (!bias) return undefined;
  const tensor = constantOf(bias);
  if (!tensor) return 'its bias is not a constant';
  const channels = weight.shape[rule.axis(node)]!;
  return fitsChannels(tensor.shape, channels)
    ? undefined
    : `its bias [${tensor.shape.join(', ')}] is not one number a channel`;
}

/** True if a bias broadcasts to [channels] along the last axis. */
const fitsChannels = (shape: readonly number[], channels: number): boolean =>
  shape.every((size, i) => size === 1 || (i === shape.length - 1 && size === channels));

function constantObstacle(node: Node): string | undefined {
  const floats = node.inputs.filter((value): value is Value => value?.dtype === 'float32');
  return floats.every((value) => constantOf(value)) ? 'all its inputs are constants' : undefined;
}

import { GraphBuilder, type Node, type TensorType } from '../ir/index.ts';
import * as microsoft from './com-microsoft/operators.ts';
import type { Op } from './op.ts';
import * as operators from './operators.ts';

export { annotateTypes } from './annotate.ts';
export type { AxisLabels, ChannelRule, ChannelShrink, ChannelTrace } from './channel-rule.ts';
export { constantOf } from './constant.ts';
export { costWarnings, type LayerCost, type ModelCost, modelCost } from './model-cost.ts';
export type { Cost, GradContext, Op, QuantizeRule, SubgraphRule } from './op.ts';

/** All operators that the library knows: the two `operators.ts` have one line for each. */
export const ops: readonly Op[] = [...Object.values(operators), ...Object.values(microsoft)];

const byName = new Map(ops.map((op) => [`${op.domain ?? ''}:${op.type}`, op]));

/** What the library knows of the node's operator; undefined if it does not know it. */
export const opOf = (node: Node): Op | undefined =>
  byName.get(`${node.domain === 'ai.onnx' ? '' : node.domain}:${node.opType}`);

/**
 * Types of a node's outputs from those of its inputs. Throws ModelError if the operator is unknown, the inputs
 * do not fit it, or it does not have so many outputs.
 */
export function infer(node: Node): TensorType[] {
  const op = opOf(node);
  if (!op) throw node.error('is of an operator that Edgebook does not know');
  const types = op.infer(node);
  if (types.length >= node.outputs.length) return types.slice(0, node.outputs.length);
  throw node.error(`must have at most ${types.length} outputs, has ${node.outputs.length}`);
}

/** A builder whose values have types as they are made; `prefix` must be unique for each subgraph of a model. */
export const createBuilder = (options?: ConstructorParameters<typeof GraphBuilder>[1]): GraphBuilder =>
  new GraphBuilder(infer, options);

import { dtypeCode, type Node, type Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** A loss over classes [N, C, ...] as its gradient needs it. */
export interface ClassLoss {
  /** The weight of each target at its class, else 0 [N, C, ...]. */
  readonly weights: Value;
  /** What each target's part of the loss counts, to be multiplied with its gradient. */
  readonly share: Value;
}

/** Throws ModelError if the class weights are to be trained. */
export function classLoss({ node, g, dy, needs }: GradContext): ClassLoss {
  if (needs(2)) throw node.error('has no gradient of its class weights; freeze them');
  const { div } = arithmetic(g);
  const weights = targetWeights({ node, g });
  const reduction = node.string('reduction', 'mean');
  if (reduction === 'none') return { weights, share: g.op('Unsqueeze', [dy, g.int64s([1])]) };
  if (reduction === 'sum') return { weights, share: dy };
  return { weights, share: div(dy, g.op('ReduceSum', [weights], { keepdims: 0 })) };
}

function targetWeights({ node, g }: Pick<GradContext, 'node' | 'g'>): Value {
  const { mul, equal } = arithmetic(g);
  const shape = staticShape(node.input(0));
  const [, classes = 1, ...rest] = shape;
  const labels = node.input(1);
  const numbers = g.constant(
    labels.dtype ?? 'int64',
    [...Array(classes).keys()],
    [classes, ...rest.map(() => 1)],
  );
  // Not OneHot, which onnxruntime has for few types of indices.
  const own = equal(g.op('Unsqueeze', [labels, g.int64s([1])]), numbers);
  const kept = ignored({ node, g });
  const counted = kept ? mul(own, g.op('Unsqueeze', [kept, g.int64s([1])])) : own;
  const weights = node.inputs[2];
  return weights ? mul(counted, reshape(g, weights, [classes, ...rest.map(() => 1)])) : counted;
}

/** 0 for targets that ignore_index leaves out, else 1; undefined if it leaves out none. */
function ignored({ node, g }: { node: Node; g: GradContext['g'] }): Value | undefined {
  if (!node.attributes.has('ignore_index')) return undefined;
  const labels = node.input(1);
  const index = g.constant(labels.dtype ?? 'int64', [node.int('ignore_index', 0)], []);
  const other = g.op('Not', [g.op('Equal', [labels, index])]);
  return g.op('Cast', [other], { to: dtypeCode('float32') });
}

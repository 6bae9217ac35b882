import type { GraphBuilder, Value } from '../ir/index.ts';
import { staticShape } from '../ops/static-shape.ts';

/**
 * Mean softmax cross-entropy. logits float32 [B,K], labels int64 [B] with class numbers; returns a float32 scalar.
 * Written as log-softmax times one-hot, so that it is exact where softmax would round to 0.
 */
export function softmaxCrossEntropy(g: GraphBuilder, logits: Value, labels: Value): Value {
  const [batch = 1, classes = 1] = staticShape(logits);
  const logProbabilities = g.op('LogSoftmax', [logits], { axis: -1 });
  const onOff = g.constant('float32', [0, 1]);
  const oneHot = g.op('OneHot', [labels, g.constant('int64', [classes], []), onOff], { axis: -1 });
  const picked = g.op('Mul', [logProbabilities, oneHot]);
  const sum = g.op('ReduceSum', [picked, g.int64s([0, 1])], { keepdims: 0 });
  return g.op('Mul', [sum, g.scalar(-1 / batch)]);
}

/** Number of samples whose largest logit is at the label: a float32 scalar. */
export function correctCount(g: GraphBuilder, logits: Value, labels: Value): Value {
  const predicted = g.op('ArgMax', [logits], { axis: -1, keepdims: 0 });
  const hits = g.op('Cast', [g.op('Equal', [predicted, labels])], { to: 1 });
  return g.op('ReduceSum', [hits, g.int64s([0])], { keepdims: 0 });
}

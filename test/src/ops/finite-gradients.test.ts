import { expect, test } from 'vitest';
import { backward } from '../../../src/autodiff/index.ts';
import { type GraphBuilder, Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

type Write = (g: GraphBuilder, x: Value) => Value;

const op =
  (type: string, attributes = {}): Write =>
  (g, x) =>
    g.op(type, [x], attributes);

/** Gradient of the sum of what `write` makes of an input x [2, 3, 2, 2] of zeros. */
async function atZeros(write: Write): Promise<number[]> {
  const g = createBuilder();
  const x = g.input('x', 'float32', [2, 3, 2, 2]);
  const loss = g.op('ReduceSum', [write(g, x)], { keepdims: 0 });
  g.output(backward(g, loss, [x])[0]!, 'dx');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)), { optimization: 'basic' });
  const { dx } = await session.run({ x: Tensor.of('float32', new Float32Array(24), [2, 3, 2, 2]) });
  await session.release();
  return dx!.toNumbers();
}

test.each<[string, Write]>([
  ['ReduceL1', op('ReduceL1')],
  ['ReduceL2', op('ReduceL2')],
  ['ReduceProd', op('ReduceProd')],
  ['ReduceLogSumExp', op('ReduceLogSumExp')],
  ['LpNormalization', op('LpNormalization')],
  ['LpNormalization L1', op('LpNormalization', { p: 1 })],
  ['GlobalLpPool', op('GlobalLpPool')],
  ['GlobalMaxPool', op('GlobalMaxPool')],
  ['MeanVarianceNormalization', op('MeanVarianceNormalization')],
  ['LRN', op('LRN', { size: 3 })],
  ['Softsign', op('Softsign')],
  ['a square', (g, x) => g.op('Pow', [x, g.scalar(2)])],
])('the gradient of %s is finite where all is 0', async (_, write) => {
  expect((await atZeros(write)).every(Number.isFinite)).toBe(true);
});

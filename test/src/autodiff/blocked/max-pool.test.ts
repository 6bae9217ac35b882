import { expect, test } from 'vitest';
import { toBlocked, toPlain } from '../../../../src/autodiff/blocked/layout.ts';
import { maxPoolByTwo } from '../../../../src/autodiff/blocked/max-pool.ts';
import {
  backward,
  type Kernels,
  kernelBuilder,
  standardKernels,
  Tape,
} from '../../../../src/autodiff/index.ts';
import { type GraphBuilder, Tensor, type Value } from '../../../../src/ir/index.ts';
import { probeKernels } from '../../../../src/kernels/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { random } from '../../../../src/random.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { uniform } from '../../../support/model-gradients.ts';
import { withKernels } from '../../../support/with-kernels.ts';

const shape = [2, 20, 8, 6];

async function gradientOf(
  kernels: Kernels,
  x: Tensor,
  pool: (g: GraphBuilder, x: Value, tape: Tape) => Value,
): Promise<Float32Array> {
  const g = kernelBuilder(kernels, { name: 'pool' });
  const tape = new Tape();
  const input = g.input('x', 'float32', shape);
  const y = pool(g, input, tape);
  const weights = g.constant('float32', uniform([2, 20, 4, 3], 5).data, [2, 20, 4, 3]);
  const loss = g.op('ReduceSum', [g.op('Mul', [y, weights]), g.int64s([0, 1, 2, 3])], { keepdims: 0 });
  g.output(backward(g, loss, [input], tape)[0]!, 'dx');
  const session = await InferenceSession.create(writeModel(withKernels(g.graph, kernels)));
  const { dx } = await session.run({ x });
  await session.release();
  return dx!.data as Float32Array;
}

test('the first of equal elements gets the gradient, as with the indices of the standard operator', async () => {
  const { kernels, missing } = await probeKernels();
  const { block } = kernels;
  if (!block) return expect(missing).not.toEqual([]);
  const source = random(8);
  const few = Float32Array.from({ length: 2 * 20 * 8 * 6 }, () => source.integer(3) - 1);
  const x = Tensor.of('float32', few, shape);
  const fast = await gradientOf(kernels, x, (g, value, tape) =>
    toPlain(g, tape, maxPoolByTwo(g, { tape, x: toBlocked(g, tape, value), block })),
  );
  const standard = await gradientOf(standardKernels, x, (g, value) =>
    g.op('MaxPool', [value], { kernel_shape: [2, 2], strides: [2, 2] }),
  );
  // Adding 0 makes a negative zero positive.
  expect([...fast].map((value) => value + 0)).toEqual([...standard]);
});

import { expect, test } from 'vitest';
import { activationMask } from '../../../../src/autodiff/blocked/mask.ts';
import { kernelBuilder } from '../../../../src/autodiff/index.ts';
import { Tensor } from '../../../../src/ir/index.ts';
import { probeKernels } from '../../../../src/kernels/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { withKernels } from '../../../support/with-kernels.ts';

/** The float32 number below `value`. */
function below(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]!--;
  return new Float32Array(bits.buffer)[0]!;
}

const activations = [
  { kind: 'Relu' } as const,
  ...[6, 4, 1, 0.1, 300].map((high) => ({ kind: 'Clip', low: 0, high }) as const),
];

test.each(activations)(
  'is exact up to the last number before the bounds: $kind $high',
  async (activation) => {
    const { kernels, missing } = await probeKernels();
    const { block } = kernels;
    if (!block) return expect(missing).not.toEqual([]);
    const high = 'high' in activation ? Math.fround(activation.high) : undefined;
    const inside = high ? [2 ** -100, high / 3, below(high)] : [2 ** -100, 0.5, 1e30];
    const values = [...inside, 0, ...(high ? [high] : [])];
    const g = kernelBuilder(kernels, { name: 'mask' });
    const shape = [1, block, 1, values.length];
    g.output(activationMask(g, g.input('y', 'float32', shape), activation), 'mask');
    const session = await InferenceSession.create(writeModel(withKernels(g.graph, kernels)));
    const data = Float32Array.from(
      { length: values.length * block },
      (_, i) => values[Math.floor(i / block)]!,
    );
    const { mask } = await session.run({ y: Tensor.of('float32', data, shape) });
    await session.release();
    const expected = values.flatMap((_, i) => Array<number>(block).fill(i < inside.length ? 1 : 0));
    expect([...(mask!.data as Float32Array)]).toEqual(expected);
  },
);

import { type Model, product, Tensor } from '../../../../src/ir/index.ts';
import { random } from '../../../../src/random.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { build } from '../build.ts';

/** Three products, one with a bias, one transposed: x [N, 96] to y [N, 10]. */
export const mlp = (activation: 'Tanh' | 'Relu' = 'Tanh'): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 96]);
    const a = b.op(activation, [b.op('MatMul', [x, weight('w1', [96, 64], 0.1)])]);
    const c = b.op(activation, [
      b.op('Gemm', [a, weight('w2', [48, 64], 0.1), weight('b2', [48])], { transB: 1 }),
    ]);
    b.output(b.op('Gemm', [c, weight('w3', [48, 10], 0.2), weight('b3', [10])]), 'y');
  });

/** A table of 50 words, then an LSTM and a product: tokens [N, 6] to y [N, 12]. */
export const wordModel = (): Model =>
  build(({ b, weight }) => {
    const tokens = b.input('x', 'int64', ['N', 6]);
    const words = b.op('Gather', [weight('words', [50, 24], 1), tokens]);
    const steps = b.op('Transpose', [words], { perm: [1, 0, 2] });
    const weights = [weight('w', [1, 64, 24]), weight('r', [1, 64, 16]), weight('wb', [1, 128], 0.1)];
    const last = b.node('LSTM', [steps, ...weights], { hidden_size: 16 }, 2)[1]!;
    b.output(b.op('MatMul', [b.op('Squeeze', [last, b.int64s([0])]), weight('out', [16, 24])]), 'y');
  });

export const wordFeeds = (count = 2): Feeds[] => {
  const { integer } = random(9);
  const one = () =>
    Tensor.of(
      'int64',
      BigInt64Array.from({ length: 24 }, () => BigInt(integer(50))),
      [4, 6],
    );
  return Array.from({ length: count }, () => ({ x: one() }));
};

/** Batches whose numbers depend on one another, as activations do. */
export function correlated(shape: number[], count = 3): Feeds[] {
  const { normal } = random(11);
  const rest = product(shape.slice(1));
  const mix = Array.from({ length: rest }, () => Array.from({ length: 4 }, normal));
  return Array.from({ length: count }, () => {
    const data = new Float32Array(product(shape));
    for (let n = 0; n < shape[0]!; n++) {
      const sources = Array.from({ length: 4 }, normal);
      for (let i = 0; i < rest; i++)
        data[n * rest + i] = 0.3 * normal() + mix[i]!.reduce((sum, m, k) => sum + m * sources[k]!, 0) / 2;
    }
    return { x: Tensor.of('float32', data, shape) };
  });
}

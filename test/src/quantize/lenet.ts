import { Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';

/** Conv-Relu-pool twice, then two Gemms: [N, 1, 12, 12] to [N, 10], random weights. */
export function lenet({ activation = 'Relu' }: { activation?: 'Relu' | 'Clip' } = {}): Model {
  const b = createBuilder({ name: 'lenet' });
  const { normal } = random(3);
  const weight = (name: string, shape: number[], spread: number) => {
    const size = shape.reduce((x, y) => x * y, 1);
    const data = Float32Array.from({ length: size }, () => normal() * spread);
    return b.initializer(name, Tensor.of('float32', data, shape));
  };
  const act = (x: Value) =>
    activation === 'Relu' ? b.op('Relu', [x]) : b.op('Clip', [x, b.scalar(0), b.scalar(6)]);
  const pool = (x: Value) => b.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  const x = b.input('x', 'float32', ['N', 1, 12, 12]);
  const c1 = b.op('Conv', [x, weight('c1w', [8, 1, 3, 3], 0.4), weight('c1b', [8], 0.1)], {
    pads: [1, 1, 1, 1],
  });
  const c2 = b.op('Conv', [pool(act(c1)), weight('c2w', [16, 8, 3, 3], 0.2), weight('c2b', [16], 0.1)], {
    pads: [1, 1, 1, 1],
  });
  const flat = b.op('Flatten', [pool(act(c2))]);
  const h = act(b.op('Gemm', [flat, weight('f1w', [32, 144], 0.1), weight('f1b', [32], 0.1)], { transB: 1 }));
  b.output(b.op('Gemm', [h, weight('f2w', [32, 10], 0.2), weight('f2b', [10], 0.1)]), 'scores');
  return new Model(b.graph);
}

import { describe, expect, test } from 'vitest';
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  klDivergence,
  type Loss,
  meanSquaredError,
  sgd,
  trainingGraph,
} from '../../../src/autodiff/index.ts';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { dense, flatten, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { worstGradientError } from '../../support/finite-differences.ts';

const probabilities = (size: number): Float32Array => {
  const raw = Array.from({ length: size }, (_, i) => 1 + (i % 3) + (i % 2));
  return Float32Array.from(
    raw,
    (value, i) => value / raw.slice(i - (i % 4), i - (i % 4) + 4).reduce((a, b) => a + b, 0),
  );
};
const spread = (scale: number) => (size: number) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(3 * i + 1));

const cases: [Loss, ((size: number) => Float32Array) | undefined][] = [
  [crossEntropy(), probabilities],
  [binaryCrossEntropy(), probabilities],
  [meanSquaredError(), undefined],
  [huber({ delta: 0.7 }), spread(2.5)],
  [klDivergence({ temperature: 3 }), spread(2)],
];

describe('gradients agree with finite differences through onnxruntime', () => {
  test.each(cases.map(([loss, target]) => [loss.name, loss, target] as const))(
    '%s',
    async (_, loss, target) => {
      const error = await worstGradientError({
        name: 'loss',
        shapes: [
          [3, 4],
          [3, 4],
        ],
        build: (g, [output, expected]) => g.op('Reshape', [loss.write(g, output!, expected!), g.int64s([1])]),
        data: target ? { 0: spread(1.3), 1: target } : { 0: spread(1.3) },
        skip: [1],
      });
      expect(error).toBeLessThan(2e-3);
    },
  );
});

async function lossOf(loss: Loss, output: number[], target: number[]): Promise<number> {
  const g = createBuilder({ name: 'loss' });
  const shape = [1, output.length];
  g.output(loss.write(g, g.input('output', 'float32', shape), g.input('target', 'float32', shape)), 'y');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)));
  const feeds = { output: Tensor.of('float32', output, shape), target: Tensor.of('float32', target, shape) };
  const { y } = await session.run(feeds);
  await session.release();
  return y!.toNumbers()[0]!;
}

test('logits far out give finite, exact losses', async () => {
  expect(await lossOf(crossEntropy(), [200, -200], [0, 1])).toBe(400);
  expect(await lossOf(binaryCrossEntropy(), [500, -500], [0, 1])).toBe(500);
  expect(await lossOf(binaryCrossEntropy(), [500, -500], [1, 0])).toBeCloseTo(0, 12);
});

test('a teacher that is the student has divergence 0', async () => {
  expect(await lossOf(klDivergence({ temperature: 4 }), [1, -2, 3], [1, -2, 3])).toBeCloseTo(0, 6);
});

test('a teacher with other classes is refused', () => {
  const [student, teacher] = [3, 4].map((classes) => sequential([1, 2, 2], [flatten(), dense(classes)]));
  const options = { optimizer: sgd(), batchSize: 2, loss: klDivergence(), teacher: teacher! };
  expect(() => trainingGraph(student!, options)).toThrow(/the teacher 4, the student 3/);
});

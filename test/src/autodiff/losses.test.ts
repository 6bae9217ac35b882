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
  [{ ...crossEntropy({ classWeights: [0.5, 2, 0, 3] }), name: 'weighted cross-entropy' }, probabilities],
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

describe('class weights', () => {
  const scores = [1, -2, 0.5, 0.3, 0.2, -1];
  const classWeights = [0.5, 2, 4];

  /** Of two samples with the labels 2 and 0: scores to loss, with the labels known or only as probabilities. */
  async function weighted(weights: number[], withLabels: boolean): Promise<number> {
    const g = createBuilder({ name: 'loss' });
    const [output, target] = ['output', 'target'].map((name) => g.input(name, 'float32', [2, 3]));
    const labels = withLabels ? g.constant('int64', [2, 0]) : undefined;
    g.output(crossEntropy({ classWeights: weights }).write(g, output!, target!, labels), 'y');
    const session = await InferenceSession.create(writeModel(new Model(g.graph)));
    const { y } = await session.run({
      output: Tensor.of('float32', scores, [2, 3]),
      target: Tensor.of('float32', [0, 0, 1, 1, 0, 0], [2, 3]),
    });
    await session.release();
    return y!.toNumbers()[0]!;
  }

  const logOf = (row: number[], label: number): number =>
    row[label]! - Math.log(row.reduce((sum, score) => sum + Math.exp(score), 0));
  const sum = -4 * logOf(scores.slice(0, 3), 2) - 0.5 * logOf(scores.slice(3), 0);

  test('make a weighted mean over labels, and one over the batch without', async () => {
    expect(await weighted(classWeights, true)).toBeCloseTo(sum / 4.5, 5);
    expect(await weighted(classWeights, false)).toBeCloseTo(sum / 2, 5);
  });

  test('that are 0 for all of a batch make its loss 0', async () => {
    expect(await weighted([0, 1, 0], true)).toBeCloseTo(0, 12);
  });

  test('have the gradient of finite differences, labels known', async () => {
    const loss = crossEntropy({ classWeights });
    const error = await worstGradientError({
      name: 'weighted',
      shapes: [
        [2, 3],
        [2, 3],
      ],
      build: (g, [output, expected]) =>
        g.op('Reshape', [loss.write(g, output!, expected!, g.constant('int64', [2, 0])), g.int64s([1])]),
      data: { 0: spread(1.3), 1: () => Float32Array.of(0, 0, 1, 1, 0, 0) },
      skip: [1],
    });
    expect(error).toBeLessThan(2e-3);
  });
});

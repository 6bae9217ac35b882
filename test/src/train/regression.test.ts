import { describe, expect, test, vi } from 'vitest';
import { standardKernels } from '../../../src/autodiff/index.ts';
import { Dataset, type Split } from '../../../src/data/index.ts';
import { dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  exportTrainingGraph,
  type FitOptions,
  fit,
  testLoss,
} from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

/** Four features, of which two linear functions are to be predicted. */
function numbers(): Dataset {
  const source = random(4);
  const split = (size: number): Split => {
    const images = Float32Array.from({ length: 4 * size }, () => source.uniform() * 2 - 1);
    const rows = Array.from({ length: size }, (_, i) => [...images.subarray(4 * i, 4 * i + 4)]);
    const targets = rows.flatMap(([a, b, c, d]) => [a! - 2 * b! + 0.5, 3 * c! + d!]);
    return { images, targets: Float32Array.from(targets) };
  };
  return new Dataset({
    ...{ name: 'numbers', sampleShape: [4], classNames: [], targetShape: [2] },
    splits: { train: split(256), test: split(50) },
    normalization: { scale: 1, mean: [0], std: [1] },
  });
}

const linear = (outputs = 2) => sequential([4], [dense(outputs)], { seed: 2 });
const options: FitOptions = { epochs: 30, batchSize: 32, learningRate: 0.05, validation: 40, seed: 3 };
const weights = ({ model }: Awaited<ReturnType<typeof fit>>): Buffer => Buffer.from(writeModel(model));

/** Mean of `distance` over all outputs of a split, by onnxruntime and plain arithmetic. */
async function meanDistance(
  result: Awaited<ReturnType<typeof fit>>,
  data: Dataset,
  { split, distance }: { split: string; distance: (difference: number) => number },
): Promise<number> {
  const session = await InferenceSession.create(writeModel(result.model));
  let [sum, count] = [0, 0];
  for await (const { images, targets } of data.batches(split)) {
    const [output] = Object.values(await session.run({ [session.inputs[0]!.name]: images }));
    const expected = targets!.toNumbers();
    for (const [i, value] of output!.toNumbers().entries()) sum += distance(value - expected[i]!);
    count += expected.length;
  }
  await session.release();
  return sum / count;
}

describe('numbers to predict', () => {
  const square = (d: number): number => d * d;
  const huber = (d: number): number => (Math.abs(d) < 1 ? (d * d) / 2 : Math.abs(d) - 0.5);

  test.each([
    ['mse', square],
    ['huber', huber],
  ] as const)(
    'are learned by %s; validation and test tell what plain arithmetic tells',
    async (loss, distance) => {
      const data = numbers();
      const result = await fit(linear(), data, { ...options, loss });
      const { history, validation, columns } = result.report;
      expect(history[0]).not.toHaveProperty('accuracy');
      expect(columns.map(({ key }) => key)).toEqual(['epoch', 'steps', 'loss', 'validationLoss']);
      const last = validation.at(-1)!;
      expect(last).not.toHaveProperty('accuracy');
      const held = await meanDistance(result, data.withValidation(40, 3), { split: 'validation', distance });
      expect(last.loss).toBeCloseTo(held, 5);
      expect(last.loss).toBeLessThan(0.05 * validation[0]!.loss);
      const tested = await testLoss(result.model, data, { loss });
      expect(tested.loss).toBeCloseTo(await meanDistance(result, data, { split: 'test', distance }), 5);
      expect(tested.tested).toBe('numbers test 50');
    },
  );

  test('take the mean squared error by default', async () => {
    const [implied, asked] = await Promise.all([
      fit(linear(), numbers(), { ...options, epochs: 2 }),
      fit(linear(), numbers(), { ...options, epochs: 2, loss: 'mse', target: 'targets' }),
    ]);
    expect(weights(implied)).toEqual(weights(asked));
    const { graph } = await exportTrainingGraph(linear(), {}, numbers());
    expect(graph.inputs.find(({ name }) => name === 'targets')?.shape).toEqual(['steps', 64, 2]);
  });

  test('a training that is broken off goes on to the same bits', async () => {
    const kept: Checkpoint[] = [];
    const save = async (checkpoint: Checkpoint): Promise<void> => void kept.push(checkpoint);
    const all: FitOptions = { ...options, epochs: 4, patience: 4, augment: { noise: 0.1 } };
    const whole = await fit(linear(), numbers(), { ...all, checkpoint: { every: 0, save } });
    for (const checkpoint of [kept[0]!, kept[Math.floor(kept.length / 2)]!]) {
      expect(checkpoint.history.length).toBeLessThan(whole.report.history.length);
      const resume = decodeCheckpoint(encodeCheckpoint(checkpoint));
      const resumed = await fit(linear(), numbers(), { ...all, resume });
      expect(weights(resumed)).toEqual(weights(whole));
      expect(resumed.report.validation).toEqual(whole.report.validation);
    }
  });
});

describe('what does not fit is refused before anything runs', () => {
  const bare = (): Dataset => {
    const { splits, ...data } = numbers();
    return new Dataset({ ...data, classNames: [], splits: { train: { images: splits.train!.images } } });
  };
  const kernels = standardKernels;
  const pictures = () => sequential([1, 2, 2], [flatten(), dense(2)]);

  test.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'labels asked of numbers',
      () => fit(linear(), numbers(), { kernels, loss: 'ce' }),
      "Split 'train' of 'numbers' has no labels, the loss 'cross-entropy' compares with them: take 'mse' or 'huber' for its numbers",
    ],
    [
      'no labels',
      () => fit(linear(), bare(), { kernels }),
      "Split 'train' of 'numbers' has no labels, the loss 'cross-entropy' compares with them: choose labelled data",
    ],
    [
      'no numbers',
      () => fit(pictures(), stripes(), { kernels, loss: 'mse', target: 'targets' }),
      "Split 'train' of 'stripes' has no numbers to predict",
    ],
    [
      'other shape',
      () => fit(linear(3), numbers(), { kernels }),
      "The targets of 'numbers' are [2] for a sample, the model's output is [3]: replace its head with 'classes'",
    ],
    [
      'numbers for a classification loss',
      () => fit(linear(), numbers(), { kernels, loss: 'bce', target: 'targets' }),
      "The loss 'binary cross-entropy' compares with classes, the target is numbers: take 'mse' or 'huber'",
    ],
    [
      'smoothing',
      () => fit(linear(), numbers(), { kernels, labelSmoothing: 0.1 }),
      "'labelSmoothing' is for labels, there are none",
    ],
    ['mixup', () => fit(linear(), numbers(), { kernels, augment: { mixup: 0.2 } }), "'mixup' mixes labels"],
  ])('%s', async (_, run, message) => {
    const create = vi.spyOn(InferenceSession, 'create');
    await expect(run()).rejects.toThrow(message);
    expect(create).not.toHaveBeenCalled();
    create.mockRestore();
  });

  test('without labels, a student still learns from its teacher, or to give its input back', async () => {
    const teacher = sequential([4], [dense(2)], { seed: 9 });
    const { report } = await fit(linear(), bare(), { ...options, loss: 'kl', teacher });
    expect(report.validation.at(-1)!.loss).toBeLessThan(0.1 * report.validation[0]!.loss);
    expect(report.validation[0]).not.toHaveProperty('accuracy');
    const coder = sequential([4], [dense(4), relu(), dense(4)], { seed: 1 });
    const { report: coded } = await fit(coder, bare(), { ...options, loss: 'mse' });
    expect(coded.rows.at(-1)!.loss).toBeLessThan(coded.rows[0]!.loss as number);
  });
});

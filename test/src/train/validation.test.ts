import { expect, test } from 'vitest';
import { evaluate } from '../../../src/bench/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import { fit } from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

const net = () =>
  sequential([1, 4, 4], [conv2d(4, 3), batchNormalization(), relu(), flatten(), dense(2)], { seed: 3 });

/** Labels drawn by lot: what is learned of them cannot hold for the validation split. */
const noise = (): Dataset => {
  const source = random(9);
  const labels = Uint8Array.from({ length: 256 }, () => source.integer(2));
  const images = Float32Array.from({ length: 256 * 16 }, () => source.uniform());
  const { normalization, classNames, sampleShape } = stripes({ side: 4 });
  return new Dataset({
    name: 'lots',
    sampleShape,
    classNames,
    normalization,
    splits: { train: { images, labels } },
  });
};

test('validation tells what an evaluation of the trained model tells, also of a last batch that is smaller', async () => {
  const data = stripes({ side: 4 }).withValidation(100, 3);
  const { model, report } = await fit(net(), data, {
    epochs: 3,
    batchSize: 32,
    learningRate: 0.01,
    labelSmoothing: 0.1,
  });
  expect(report.validation.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const { accuracy, loss } = await evaluate(writeModel(model), data, { split: 'validation' });
  const last = report.validation.at(-1)!;
  expect(last.accuracy).toBeCloseTo(accuracy, 6);
  expect(last.loss).toBeCloseTo(loss, 5);
  expect(report.rows.at(-1)).toMatchObject({ validationAccuracy: last.accuracy, validationLoss: last.loss });
});

test('early stopping ends when validation has not improved, and gives the weights of the best epoch', async () => {
  const options = { batchSize: 32, learningRate: 0.02, validation: 0.25, patience: 3 };
  const { model, report } = await fit(net(), noise(), { ...options, epochs: 200 });
  const losses = report.validation.map(({ loss }) => loss);
  const best = losses.indexOf(Math.min(...losses));
  expect(losses.length).toBe(best + 1 + 3);
  expect(losses.length).toBeLessThan(200);
  expect(report.title).toMatch(
    new RegExp(`, stopped early after epoch ${best + 4} of 200: weights of epoch ${best + 1}$`),
  );
  const { model: stopped } = await fit(net(), noise(), { ...options, epochs: best + 1 });
  expect(Buffer.from(writeModel(model)).equals(writeModel(stopped))).toBe(true);
});

test('without a validation split, patience is refused; so is a share that is none', async () => {
  await expect(fit(net(), stripes({ side: 4 }), { patience: 2 })).rejects.toThrow(
    /'patience' watches the loss of a validation split, 'stripes' has none: give 'validation'/,
  );
  for (const validation of [-1, 0, 1.5])
    await expect(fit(net(), stripes({ side: 4 }), { validation })).rejects.toThrow(
      `'validation' must be a number of samples, or a share below 1, was ${validation}`,
    );
});

test('an autoencoder learns to give its input back', async () => {
  const model = sequential([1, 4, 4], [flatten(), dense(8), relu(), dense(16)], { seed: 1 });
  const { report } = await fit(model, stripes({ side: 4 }), {
    loss: 'mse',
    epochs: 20,
    batchSize: 32,
    validation: 64,
    learningRate: 0.01,
  });
  expect(report.history[0]).not.toHaveProperty('accuracy');
  expect(report.columns.map(({ key }) => key)).toEqual(['epoch', 'steps', 'loss', 'validationLoss']);
  expect(report.validation.at(-1)!.loss).toBeLessThan(0.5 * report.validation[0]!.loss);
});

test('a single score learns two classes by bce; cross-entropy refuses it', async () => {
  const model = () => sequential([1, 4, 4], [flatten(), dense(1)], { seed: 1 });
  const { report } = await fit(model(), stripes({ side: 4 }), {
    loss: 'bce',
    epochs: 4,
    batchSize: 32,
    learningRate: 0.02,
    augment: { mixup: 0.2 },
    validation: 100,
  });
  expect(report.validation.at(-1)!.accuracy).toBeGreaterThan(0.9);
  expect(report.rows.at(-1)!.accuracy).toBeGreaterThan(0.8);
  await expect(fit(model(), stripes({ side: 4 }))).rejects.toThrow(/1 classes apart/);
});

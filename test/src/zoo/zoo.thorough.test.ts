import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trainedConstants } from '../../../src/autodiff/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { UsageError } from '../../../src/errors.ts';
import { check } from '../../../src/ir/check.ts';
import { type Model, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { fit } from '../../../src/train/index.ts';
import { architecture, architectures } from '../../../src/zoo/index.ts';

/** Numbers that are trained, and those with the running statistics, which Keras counts too. */
function counts(model: Model): { trained: number; total: number } {
  const { parameters, buffers } = trainedConstants(model.graph);
  const sum = (values: readonly Value[]): number =>
    values.reduce((total, { tensor }) => total + product(tensor!.shape), 0);
  return { trained: sum(parameters), total: sum(parameters) + sum(buffers) };
}

/** Large networks take long on a busy machine, in ms. */
const patient = 180_000;

const imageNet = { sample: [3, 224, 224], classes: 1000 };
const cifar = { sample: [3, 32, 32], classes: 10 };

/** `trained` as PyTorch counts, `total` as Keras does; the source of the published number. */
const published = [
  {
    name: 'lenet5',
    sample: [1, 28, 28],
    classes: 10,
    trained: 61_706,
    source: 'LeCun et al. 1998 with full connections in C3: 156 + 2,416 + 48,120 + 10,164 + 850',
  },
  {
    name: 'resnet8',
    ...cifar,
    total: 78_666,
    source: 'mlcommons/tiny image_classification keras_model.py with 16 filters, as v0.5 to v1.2 have it',
  },
  {
    name: 'resnet20',
    ...cifar,
    trained: 269_722,
    source: 'He et al. 2015, table 6: 0.27M; option A as counted in akamaster/pytorch_resnet_cifar10',
  },
  {
    name: 'dscnn',
    sample: [1, 49, 10],
    classes: 12,
    total: 24_908,
    trained: 23_756,
    source: 'model.summary() of the kws reference model of mlcommons/tiny',
  },
  {
    name: 'mobilenetv1',
    ...imageNet,
    total: 4_253_864,
    trained: 4_231_976,
    source: 'model.summary() of keras.applications.MobileNet',
  },
  {
    name: 'mobilenetv2',
    ...imageNet,
    trained: 3_504_872,
    total: 3_538_984,
    source: 'torchvision MobileNet_V2_Weights num_params; Keras table of applications',
  },
  {
    name: 'mobilenetv3_small',
    ...imageNet,
    trained: 2_542_856,
    source: 'torchvision MobileNet_V3_Small_Weights num_params',
  },
  {
    name: 'efficientnet_lite0',
    ...imageNet,
    trained: 4_652_008,
    source: 'keras-hub preset efficientnet_lite0_ra_imagenet params',
  },
  {
    name: 'vit_tiny',
    ...imageNet,
    trained: 5_717_416,
    source: 'timm vit_tiny_patch16_224, 5.72 M in its tables',
  },
  {
    name: 'autoencoder',
    sample: [640],
    classes: 2,
    total: 269_992,
    source: 'mlcommons/tiny anomaly_detection keras_model.py (the 270 kB of its int8 model)',
  },
];

describe('parameters are as many as published', () => {
  test.each(published)(
    '$name: $source',
    ({ name, sample, classes, trained, total }) => {
      const counted = counts(architecture(name, { sample, classes }));
      if (trained !== undefined) expect(counted.trained).toBe(trained);
      if (total !== undefined) expect(counted.total).toBe(total);
    },
    patient,
  );

  test.each([
    ['mobilenetv1', 0.5, 1.3],
    ['mobilenetv1', 0.25, 0.5],
    ['mobilenetv2', 0.35, 1.68],
    ['mobilenetv2', 0.5, 1.97],
    ['mobilenetv2', 1.4, 6.11],
  ] as const)(
    '%s of width %f has %f million, as the tables of MobileNetV1 and timm say',
    (name, width, millions) => {
      const { trained } = counts(architecture(name, { ...imageNet, width }));
      const digits = String(millions).split('.')[1]!.length;
      expect((trained / 1e6).toFixed(digits)).toBe(millions.toFixed(digits));
    },
  );
});

/** Two classes that a mean of the pixels tells apart. */
function bright(sample: readonly number[], count = 24): Dataset {
  const source = random(1);
  const size = product(sample);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const images = Float32Array.from(
    { length: count * size },
    (_, i) => source.normal() + (Math.floor(i / size) % 2),
  );
  return new Dataset({
    name: 'bright',
    sampleShape: sample,
    classNames: ['dark', 'bright'],
    splits: { train: { images, labels } },
    normalization: {
      scale: 1,
      mean: Array.from({ length: sample[0]! > 3 ? 1 : sample[0]! }, () => 0),
      std: [1, 1, 1],
    },
  });
}

const widths: Record<string, number> = {
  vit_tiny: 0.3,
  efficientnet_lite0: 0.25,
  mobilenetv1: 0.25,
  mobilenetv2: 0.25,
  mobilenetv3_small: 0.5,
  resnet20: 0.5,
};

describe('every network', () => {
  test.each(Object.keys(architectures))(
    '%s runs with any batch and trains some steps without NaN',
    async (name) => {
      const sample = name === 'autoencoder' ? [64] : name === 'dscnn' ? [1, 49, 10] : [1, 28, 28];
      const { target } = architectures[name]!;
      const width = widths[name] ?? 1;
      const model = architecture(name, { sample, classes: 2, width });
      check(model);
      const session = await InferenceSession.create(writeModel(model));
      const images = Tensor.of('float32', new Float32Array(3 * product(sample)).fill(0.5), [3, ...sample]);
      const { logits } = await session.run({ input: images });
      await session.release();
      expect(logits!.shape).toEqual([3, target ? product(sample) : 2]);
      expect(logits!.toNumbers().every(Number.isFinite)).toBe(true);
      const loss = target ? 'mse' : 'ce';
      const { report, model: trained } = await fit(model, bright(sample), {
        batchSize: 8,
        learningRate: 1e-3,
        loss,
      });
      expect(report.history).toHaveLength(3);
      expect(report.history.every((step) => Number.isFinite(step.loss))).toBe(true);
      for (const [key, { tensor }] of trained.graph.initializers)
        if (tensor!.dtype === 'float32')
          expect((tensor!.data as Float32Array).every(Number.isFinite), key).toBe(true);
    },
  );

  test(
    'has a summary, and each file of the folder is used',
    () => {
      for (const { summary } of Object.values(architectures)) expect(summary.length).toBeGreaterThan(10);
      const index = readFileSync('src/zoo/index.ts', 'utf8');
      const files = globSync('src/zoo/*.ts').map((path) => path.replace(/^.*[/\\]/, ''));
      for (const file of files)
        if (!['index.ts', 'blocks.ts'].includes(file)) expect(index).toContain(`'./${file}'`);
    },
    patient,
  );

  test('draws equal weights from equal seeds', () => {
    const build = (seed: number) => writeModel(architecture('resnet8', { ...cifar, seed }));
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });
});

test(
  "ResNet20 learns at its paper's learning rate of 0.1 without diverging",
  async () => {
    const sample = [1, 16, 16];
    const model = architecture('resnet20', { sample, classes: 2, width: 0.5 });
    const { report } = await fit(model, bright(sample, 320), {
      ...{ epochs: 2, batchSize: 16, optimizer: 'nesterov', learningRate: 0.1, weightDecay: 1e-4 },
      ...{ schedule: 'cosine', warmUp: 5, augment: { shift: 1, flip: 0.5 } },
    });
    const losses = report.history.map(({ loss }) => loss);
    expect(losses).toHaveLength(40);
    expect(Math.max(...losses)).toBeLessThan(10);
    expect(report.rows.at(-1)!.loss).toBeLessThan(0.3);
  },
  patient,
);

test('an unknown name is refused with the nearest; a width where there is none, too', () => {
  expect(() => architecture('cn', { sample: [1, 8, 8], classes: 2 })).toThrow(
    /architecture 'cn'. Did you mean 'cnn'/,
  );
  expect(() => architecture('constructor', { sample: [1, 8, 8], classes: 2 })).toThrow(UsageError);
  expect(() => architecture('cnn', { sample: [1, 8, 8], classes: 2, width: 2 })).toThrow(
    /'cnn' has no width to scale. These have: resnet8/,
  );
  expect(() => architecture('resnet8', { ...cifar, width: 0 })).toThrow(
    "'width' must be a factor above 0, was 0",
  );
  expect(() => architecture('vit_tiny', { sample: [1, 9, 9], classes: 2 })).toThrow(
    /at least 16 patches, these are 9 x 9/,
  );
});

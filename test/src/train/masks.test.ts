import { expect, test } from 'vitest';
import type { Model } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random } from '../../../src/random.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type FitOptions,
  fit,
  type MaskSchedule,
  type Masks,
} from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

const net = () =>
  sequential([1, 4, 4], [conv2d(4, 3), batchNormalization(), relu(), flatten(), dense(2)], { seed: 3 });
const data = stripes({ side: 4, count: 640 });

const weightsOf = ({ graph }: Model, name: string) =>
  graph.initializers.get(name)!.tensor!.data as Float32Array;

/** Masks of the matrices of a model, of which a share is 0. */
function randomMasks({ graph }: Model, share: number): Masks {
  const source = random(5);
  const matrices = [...graph.initializers.values()].filter(({ tensor }) => tensor!.shape.length > 1);
  return new Map(
    matrices.map(({ name, tensor }) => [
      name,
      Uint8Array.from({ length: tensor!.size }, () => (source.uniform() < share ? 0 : 1)),
    ]),
  );
}

test.each(['adam', 'adamw', 'sgd', 'nesterov'] as const)(
  '%s leaves masked weights at 0 to the bit and moves all others',
  async (optimizer) => {
    const masks = randomMasks(net(), 0.6);
    const options: FitOptions = {
      epochs: 2,
      batchSize: 32,
      optimizer,
      weightDecay: 0.01,
      clipNorm: 1,
      masks,
    };
    const { model, masks: result } = await fit(net(), data, options);
    expect([...result.keys()]).toEqual([...masks.keys()]);
    for (const [name, mask] of masks) {
      const [before, after] = [weightsOf(net(), name), weightsOf(model, name)];
      for (const [i, weight] of after.entries()) {
        if (mask[i] === 0) expect(Object.is(weight, 0)).toBe(true);
        else expect(weight).not.toBe(before[i]);
      }
      expect(result.get(name)).toEqual(mask);
    }
  },
);

test('masks of ones change nothing', async () => {
  const options: FitOptions = { epochs: 2, batchSize: 32, optimizer: 'adamw', clipNorm: 1 };
  const plain = await fit(net(), data, options);
  const masked = await fit(net(), data, { ...options, masks: randomMasks(net(), 0) });
  expect(masked.report.history.map(({ loss }) => loss)).toEqual(plain.report.history.map(({ loss }) => loss));
  expect(writeModel(masked.model)).toEqual(writeModel(plain.model));
  expect(masked.masks.size).toBe(0);
});

/** Masks the smallest weights of all matrices: a quarter, a half, then three quarters, from step 7, 20 and 33 on. */
const growing: MaskSchedule = {
  name: 'growing',
  steps: () => [7, 20, 33],
  masksAt({ step, model }) {
    const { graph } = model();
    const share = { 7: 0.25, 20: 0.5, 33: 0.75 }[step]!;
    const matrices = [...graph.initializers.values()].filter(({ tensor }) => tensor!.shape.length > 1);
    return new Map(
      matrices.map(({ name, tensor }) => {
        const sizes = (tensor!.data as Float32Array).map(Math.abs);
        const limit = sizes.toSorted()[Math.floor(share * sizes.length)]!;
        return [name, Uint8Array.from(sizes, (size) => (size < limit ? 0 : 1))];
      }),
    );
  },
};

const scheduled: FitOptions = {
  epochs: 3,
  batchSize: 32,
  optimizer: 'adam',
  masks: growing,
  validation: 128,
  seed: 7,
};

test('a schedule changes masks at its steps, the same for every run of a seed', async () => {
  const moments: number[] = [];
  const masks: MaskSchedule = {
    ...growing,
    masksAt(moment) {
      moments.push(moment.step);
      return growing.masksAt(moment);
    },
  };
  const first = await fit(net(), data, { ...scheduled, masks });
  expect(moments).toEqual([7, 20, 33]);
  for (const [name, mask] of first.masks) {
    expect(mask.filter((bit) => bit === 0)).toHaveLength(Math.floor(0.75 * mask.length));
    expect(weightsOf(first.model, name).map((weight) => (weight === 0 ? 0 : 1))).toEqual(
      Float32Array.from(mask),
    );
  }
  expect(writeModel((await fit(net(), data, scheduled)).model)).toEqual(writeModel(first.model));
});

test.each([6, 7, 19, 20, 21, 40])(
  'broken off at step %i, a schedule goes on to the same bits',
  async (stop) => {
    const whole = await fit(net(), data, scheduled);
    let saved: Checkpoint | undefined;
    const controller = new AbortController();
    const broken = fit(net(), data, {
      ...scheduled,
      signal: controller.signal,
      checkpoint: {
        async save(checkpoint) {
          saved = decodeCheckpoint(encodeCheckpoint(checkpoint));
        },
      },
      onProgress: ({ done }) => {
        if (done >= stop) controller.abort(new Error('power cut'));
      },
    });
    await expect(broken).rejects.toThrow('power cut');
    const resumed = await fit(net(), data, { ...scheduled, resume: saved! });
    expect(writeModel(resumed.model)).toEqual(writeModel(whole.model));
    expect(resumed.masks).toEqual(whole.masks);
    const other = { ...scheduled, masks: { ...growing, name: 'other' }, resume: saved! };
    await expect(fit(net(), data, other)).rejects.toThrow(/'masks' was growing in the checkpoint, is other/);
  },
);

test('the best epoch is one after the last change of the masks', async () => {
  const { report, masks } = await fit(net(), data, {
    ...scheduled,
    epochs: 4,
    patience: 1,
    learningRate: 0.3,
  });
  // 16 steps an epoch: the third is the first whose weights have all zeros.
  expect(report.validation.length).toBeGreaterThanOrEqual(3);
  for (const mask of masks.values())
    expect(mask.filter((bit) => bit === 0)).toHaveLength(Math.floor(0.75 * mask.length));
});

test('refuses masks that do not fit, and says what would', async () => {
  const refused = (masks: Masks) => fit(net(), data, { masks });
  await expect(refused(new Map([['conv1.wieght', new Uint8Array(36)]]))).rejects.toThrow(
    /Unknown trained constant to mask 'conv1.wieght'. Did you mean 'conv1.weight'/,
  );
  await expect(refused(new Map([['conv1.weight', new Uint8Array(7)]]))).rejects.toThrow(
    /'conv1.weight' must have 36 elements, as many as the constant, has 7/,
  );
  await expect(refused(new Map([['conv1.weight', new Uint8Array(36).fill(2)]]))).rejects.toThrow(/holds 2/);
  const late: MaskSchedule = { ...growing, name: 'late', steps: (total) => [total] };
  await expect(fit(net(), data, { masks: late })).rejects.toThrow(
    /after 0 to 9 of the 10 steps.*'late'.*after 10/,
  );
  const frozen = fit(net(), data, { ...scheduled, freeze: ['conv1.*'] });
  await expect(frozen).rejects.toThrow(/'conv1.weight' is frozen/);
});

import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { random } from '../../../src/random.ts';
import { augmentations, augmented, chosenAugmentations, mixup } from '../../../src/train/augment/index.ts';
import { type TrainingBatch, trainingBatches } from '../../../src/train/training-batches.ts';
import { stripes } from './stripes.ts';

const shape = [2, 5, 6];
const size = 60;
const images = Float32Array.from({ length: 40 * size }, (_, i) => i + 1);
const apply = (options: object, seed = 1) =>
  augmented(images, chosenAugmentations(options, shape), { shape, random: random(seed), fill: [-1, -2] });

/** Every sample of the result, with the one it was made from. */
const pairs = (result: Float32Array) =>
  Array.from({ length: 40 }, (_, i) => ({
    before: images.subarray(i * size, (i + 1) * size),
    after: result.subarray(i * size, (i + 1) * size),
  }));

describe('each change', () => {
  test('shift moves all channels alike by at most so many pixels and fills with the background', () => {
    const seen = new Set<string>();
    for (const { before, after } of pairs(apply({ shift: 2 }))) {
      const at = (data: Float32Array, c: number, y: number, x: number): number | undefined =>
        y >= 0 && y < 5 && x >= 0 && x < 6 ? data[c * 30 + y * 6 + x] : undefined;
      const moves = [-2, -1, 0, 1, 2].flatMap((dy) => [-2, -1, 0, 1, 2].map((dx) => [dy, dx] as const));
      const found = moves.find(([dy, dx]) =>
        after.every((value, i) => {
          const [c, y, x] = [Math.floor(i / 30), Math.floor((i % 30) / 6), i % 6];
          return value === (at(before, c, y - dy, x - dx) ?? [-1, -2][c]);
        }),
      );
      expect(found).toBeDefined();
      seen.add(String(found));
    }
    expect(seen.size).toBeGreaterThan(12);
  });

  test('flip mirrors about the given share of the samples', () => {
    const flips = pairs(apply({ flip: 0.5 })).map(({ before, after }) => {
      const mirrored = Float32Array.from(before, (_, i) => before[i - (i % 6) + (5 - (i % 6))]!);
      if (after.every((value, i) => value === mirrored[i])) return 1;
      expect([...after]).toEqual([...before]);
      return 0;
    });
    const sum = flips.reduce<number>((a, b) => a + b, 0);
    expect(sum).toBeGreaterThan(10);
    expect(sum).toBeLessThan(30);
  });

  test('crop of a linear image is the same line, stretched: slope is the share, values stay inside', () => {
    const ramp = Float32Array.from({ length: 100 }, (_, i) => i % 10);
    for (let seed = 0; seed < 20; seed++) {
      const chosen = chosenAugmentations({ crop: 0.5 }, [1, 10, 10]);
      const out = augmented(ramp, chosen, { shape: [1, 10, 10], random: random(seed), fill: [0] });
      const slope = out[5]! - out[4]!;
      expect(slope).toBeGreaterThanOrEqual(0.5 - 1e-5);
      expect(slope).toBeLessThanOrEqual(1);
      for (let x = 2; x < 8; x++) expect(out[x]! - out[x - 1]!).toBeCloseTo(slope, 4);
      for (const value of out) expect(value).toBeGreaterThanOrEqual(0);
      for (const value of out) expect(value).toBeLessThanOrEqual(9);
    }
  });

  test('noise has mean 0 and the asked deviation', () => {
    const noisy = apply({ noise: 0.5 });
    const added = Array.from(noisy, (value, i) => value - images[i]!);
    const mean = added.reduce((a, b) => a + b, 0) / added.length;
    const deviation = Math.sqrt(added.reduce((a, b) => a + (b - mean) ** 2, 0) / added.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(deviation).toBeGreaterThan(0.47);
    expect(deviation).toBeLessThan(0.53);
  });

  test('mixup mixes images and targets by the same share, whose distribution is Beta(alpha, alpha)', () => {
    const shares: number[] = [];
    for (let seed = 0; seed < 400; seed++) {
      const rows = Float32Array.from([1, 10, 100]);
      const targets = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
      mixup({ images: rows, targets, count: 3 }, { alpha: 0.4, random: random(seed) });
      for (let i = 0; i < 3; i++) {
        const row = targets.subarray(i * 3, i * 3 + 3);
        expect(row[0]! + row[1]! * 10 + row[2]! * 100).toBeCloseTo(rows[i]!, 3);
        expect(row[0]! + row[1]! + row[2]!).toBeCloseTo(1, 5);
        if (row[i]! < 1) shares.push(row[i]!);
      }
    }
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
    // Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)).
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
    expect(Math.abs(variance - 1 / (4 * 1.8))).toBeLessThan(0.02);
  });

  test('the given samples stay as they were', () => {
    const before = images.slice();
    apply({ shift: 1, flip: 1, crop: 0.5, noise: 1 });
    expect(images).toEqual(before);
  });
});

test.each([
  [{ shift: 0.5 }, "'shift' must be a whole number of pixels of 1 or more, was 0.5"],
  [{ flip: 2 }, "'flip' must be a probability above 0 and at most 1, was 2"],
  [{ crop: 1 }, "'crop' must be the least share of a side that stays, above 0 and below 1, was 1"],
  [{ noise: -1 }, "'noise' must be a standard deviation above 0, was -1"],
])('refuses %o', (options, message) => {
  expect(() => chosenAugmentations(options, shape)).toThrow(message);
});

test('refuses to shift what is no image, but adds noise to it', () => {
  expect(() => chosenAugmentations({ shift: 1 }, [640])).toThrow(
    /'shift' takes images.*\[640\]: leave it out/,
  );
  expect(chosenAugmentations({ noise: 1 }, [640])).toHaveLength(
    augmentations.filter((a) => a.name === 'noise').length,
  );
});

describe('the batches of an epoch', () => {
  const settings = {
    batchSize: 32,
    seed: 5,
    limit: undefined,
    target: 'distribution' as const,
    augment: { shift: 1, noise: 0.1, mixup: 0.3 },
  };
  const all = async (epoch: number, start: number): Promise<TrainingBatch[]> =>
    Array.fromAsync(
      trainingBatches(stripes({ side: 4, count: 200 }), settings, { epoch, start, classes: 2 }),
    );

  test('are the same from any start, others in another epoch', async () => {
    const whole = await all(2, 0);
    expect(whole).toHaveLength(6);
    expect(await all(2, 4)).toEqual(whole.slice(4));
    expect((await all(3, 0))[0]!.images).not.toEqual(whole[0]!.images);
    const noiseless = whole.map(({ images }) => images!.data.slice(0, 16).toString());
    expect(new Set(noiseless).size).toBe(6);
    expect(whole[0]!.images).toBeInstanceOf(Tensor);
  });
});

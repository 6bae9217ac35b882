import { expect, test } from 'vitest';
import { conv2d, dense, flatten, relu, sequential } from '../../../../src/layers/index.ts';
import { maskSchedule } from '../../../../src/prune/schedule/index.ts';
import { fit, type MaskSchedule } from '../../../../src/train/index.ts';
import { stripes } from '../../train/stripes.ts';

const net = () =>
  sequential([1, 4, 4], [conv2d(8, 3), relu(), conv2d(8, 3), flatten(), dense(2)], { seed: 3 });
const data = stripes({ side: 4, count: 640 });

/** The share of zeros after each change, by step. */
async function zeros(schedule: MaskSchedule): Promise<{ steps: number[]; shares: number[]; final: number }> {
  const [steps, shares]: [number[], number[]] = [[], []];
  const share = (masks: ReadonlyMap<string, Uint8Array>): number => {
    const all = [...masks.values()].flatMap((mask) => [...mask]);
    return all.filter((bit) => bit === 0).length / all.length;
  };
  const masks: MaskSchedule = {
    ...schedule,
    async masksAt(moment) {
      const given = await schedule.masksAt(moment);
      steps.push(moment.step);
      shares.push(share(given));
      return given;
    },
  };
  const result = await fit(net(), data, { epochs: 4, batchSize: 32, masks });
  return { steps, shares, final: share(result.masks) };
}

test('polynomial follows the cubic of Zhu and Gupta', async () => {
  const { steps, shares, final } = await zeros(
    maskSchedule({ schedule: 'polynomial', sparsity: 0.9, begin: 0.25, end: 0.75, every: 8 }),
  );
  expect(steps).toEqual([20, 28, 36, 44, 52, 60]);
  for (const [i, step] of steps.entries())
    expect(shares[i]).toBeCloseTo(0.9 + (0 - 0.9) * (1 - (step - 20) / 40) ** 3, 2);
  expect(final).toBeCloseTo(0.9, 2);
});

test('gradual takes as many each time, oneshot all at once', async () => {
  const gradual = await zeros(
    maskSchedule({ schedule: 'gradual', sparsity: 0.8, end: 0.5, every: 10, initial: 0.2 }),
  );
  expect(gradual.steps).toEqual([0, 10, 20, 30, 40]);
  for (const [i, share] of [0.2, 0.35, 0.5, 0.65, 0.8].entries())
    expect(gradual.shares[i]).toBeCloseTo(share, 2);
  const oneshot = await zeros(maskSchedule({ schedule: 'oneshot', sparsity: 0.8, begin: 0.1 }));
  expect(oneshot.steps).toEqual([8]);
  expect(oneshot.final).toBeCloseTo(0.8, 2);
});

test('leads up to 2:4 by 3:4', async () => {
  const { shares, final } = await zeros(
    maskSchedule({ schedule: 'gradual', pattern: { n: 2, m: 4 }, every: 10, end: 0.5 }),
  );
  expect(shares).toEqual([0, 0.25, 0.25, 0.5, 0.5]);
  expect(final).toBe(0.5);
});

test('takes gradients meanwhile', async () => {
  const options = { importance: 'taylor', data, gradients: { samples: 64 }, sparsity: 0.5 } as const;
  expect((await zeros(maskSchedule({ ...options, every: 30 }))).final).toBeCloseTo(0.5, 2);
});

test('the last weights go in the middle, unless told otherwise', () => {
  const { steps } = maskSchedule({ sparsity: 0.9 });
  expect(steps(400)).toEqual(Array.from({ length: 21 }, (_, n) => 10 * n));
  expect(maskSchedule({ sparsity: 0.9, end: 0.8 }).steps(400).at(-1)).toBe(320);
});

test('refuses what is out of range', () => {
  expect(() => maskSchedule({ schedule: 'cubic' as 'gradual' })).toThrow(/'cubic'/);
  expect(() => maskSchedule({ begin: 0.5, end: 0.2 })).toThrow(/'end' must be .* from 'begin', 0.5/);
  expect(() => maskSchedule({ every: 0.5 })).toThrow(/'every'/);
  expect(() => maskSchedule({ sparsity: 0.5, initial: 0.6 })).toThrow(/'initial'/);
});

test('its name holds all that gradients depend on: data, loss and teacher', () => {
  const name = (gradients: object, importance: 'taylor' | 'l1' = 'taylor') =>
    maskSchedule({ importance, data, gradients }).name;
  const teacher = net();
  const other = sequential([1, 4, 4], [flatten(), dense(2)], { seed: 4 });
  const names = [
    ...[{}, { loss: 'kl', teacher }, { loss: 'kl', teacher: other }, { loss: 'bce' }, { target: 'teacher' }],
    ...[{ labelSmoothing: 0.1 }, { classWeights: [1, 2] }, { classWeights: 'balanced' }, { samples: 64 }],
  ].map((gradients) => name(gradients));
  expect(new Set(names).size).toBe(names.length);
  expect(name({ loss: 'kl', teacher })).toBe(name({ loss: 'kl', teacher: net() }));
  expect(name({})).toContain(`data ${data.name}, 640 samples`);
  // Magnitudes look at neither.
  expect(name({ loss: 'bce' }, 'l1')).toBe(name({}, 'l1'));
});

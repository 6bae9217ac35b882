import { expect, test } from 'vitest';
import { movingAverage } from '../../../../src/quantize/index.ts';
import { heavyTail, inBatches } from './heavy-tail.ts';

test('agrees with PyTorch batch by batch', () => {
  const observer = movingAverage()('x');
  for (const batch of [...inBatches(heavyTail())].slice(0, 8)) observer.observe(batch);
  // torch 1.13 MovingAverageMinMaxObserver(averaging_constant=0.01), the same 8 batches, in float32.
  expect(observer.range().min).toBeCloseTo(-3.2793595790863037, 5);
  expect(observer.range().max).toBeCloseTo(3.508267879486084, 5);
});

test('a batch of several samples counts once', () => {
  const observer = movingAverage({ momentum: 0.5 })('x');
  observer.observe(Float32Array.of(0, 4, -2, 1), 2);
  observer.observe(Float32Array.of(0, 0, 0, 8), 2);
  expect(observer.range()).toEqual({ min: -1, max: 6 });
});

test.each([0, -1, 1.5, Number.NaN])('refuses a momentum of %d', (momentum) => {
  expect(() => movingAverage({ momentum })).toThrow(
    `The momentum of a moving average must be above 0 and at most 1, was ${momentum}`,
  );
});

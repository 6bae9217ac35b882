import { expect, test } from 'vitest';
import type { Figure, LineMark } from '../../../src/plot/index.ts';
import { TrainingReport } from '../../../src/train/index.ts';

const points = (steps: number) => {
  const history = Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    epoch: 1,
    loss: 3 / (i + 1),
    accuracy: 0.5,
  }));
  const report = new TrainingReport({ history, batchSize: 1, seconds: 1, optimizer: 'adam' });
  return ((report.charts[0] as Figure).marks as [LineMark])[0].points;
};

test('the loss curve begins with step 1 alone, then takes means of growing stretches', () => {
  const curve = points(1000);
  expect(curve[0]).toEqual({ x: 1, y: 3 });
  expect(curve[1]).toEqual({ x: 2.5, y: (3 / 2 + 3 / 3) / 2 });
  expect(curve.slice(3, 6).map(({ x }) => x)).toEqual([11.5, 20.5, 30.5]);
  expect(curve.length).toBeLessThan(110);
});

test('a short history is drawn step by step', () => {
  expect(points(40).map(({ x }) => x)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
});

import { expect, test } from 'vitest';
import { recipeSteps } from '../../../magics/recipe-steps.ts';
import { conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { optimizeToBudget } from '../../../src/search/index.ts';
import { stripes } from '../train/stripes.ts';

test('the time is measured on this machine, with its extremes', async () => {
  const layers = [conv2d(24, 3), relu(), conv2d(24, 3, { stride: 2 }), relu(), flatten(), dense(2)];
  const source = writeModel(sequential([1, 8, 8], layers, { seed: 1 }));
  const data = stripes({ count: 200, side: 8 });
  const options = { budget: 'latency<100ms@local', steps: recipeSteps, name: 'net' };
  const { verdict, report } = await optimizeToBudget(source, data, options);
  expect(verdict!.isMet).toBe(true);
  const interval = verdict!.intervals.get('latency local')!;
  expect(interval.low).toBeGreaterThan(0);
  expect(interval.high).toBeGreaterThanOrEqual(interval.low);
  expect(report.rows[0]).toMatchObject({ limit: 'latency<100ms@local', kept: 'yes' });
});

import { expect, test } from 'vitest';
import { annotateTypes } from '../../../../src/ops/index.ts';
import {
  calibrate,
  encode,
  minMax,
  planOf,
  planQuantization,
  prepare,
} from '../../../../src/quantize/index.ts';
import { unitsOf, unitTimes } from '../../../../src/quantize/search/index.ts';
import { batches, lenet } from '../build.ts';

test('each unit is found in the profiles of both models, fused as it is there', async () => {
  const feeds = batches([1, 1, 12, 12], 1);
  const float = prepare(lenet());
  const plan = planOf(float);
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration: feeds, observer: minMax });
  const encodings = encode(plan, ranges, {
    activations: { dtype: 'uint8' },
    weights: { integers: { min: -127, max: 127 }, perChannel: true },
  });
  const { graph } = float.clone();
  annotateTypes(graph);
  const units = unitsOf(graph, planQuantization(graph));
  const times = await unitTimes(float, encodings, { units, feeds: feeds[0]! });
  expect(units.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'Gemm', 'Gemm']);
  for (const { name } of units) {
    expect(times.get(name)!.float).toBeGreaterThan(0);
    expect(times.get(name)!.int8).toBeGreaterThan(0);
  }
});

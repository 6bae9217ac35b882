import { expect, test } from 'vitest';
import { explain } from '../../../../src/explain/index.ts';
import { emit, prepare } from '../../../../src/quantize/index.ts';
import { qat } from '../../../../src/quantize/qat/index.ts';
import { thisMachine } from '../../../../src/targets/index.ts';
import { fit } from '../../../../src/train/index.ts';
import { architecture } from '../../../../src/zoo/index.ts';
import { optimizedOps } from '../build.ts';
import { blobs } from './blobs.ts';
import { encoded } from './encoded.ts';

const data = blobs();

test('with learned scales every convolution of MobileNetV2 still runs on integers', async () => {
  const start = architecture('mobilenetv2', { sample: [1, 8, 8], classes: 4, width: 0.35 });
  const { model } = await fit(start, data, { batchSize: 32, epochs: 1, learningRate: 5e-3 });
  const float = prepare(model);
  const encodings = await encoded(float, data, { weights: 8, activations: 8 });
  const before = await optimizedOps(emit(float, encodings).model);
  const options = { data, learnScales: true, batchSize: 32, learningRate: 1e-2 };
  const { model: trained, encodings: after } = await qat(float, encodings, options);
  const moved = [...after.activations].filter(
    ([name, { scale }]) => scale !== encodings.activations.get(name)!.scale,
  );
  expect(moved.length).toBeGreaterThan(30);
  const ops = await optimizedOps(trained);
  expect(ops).not.toHaveProperty('Conv');
  expect(ops).not.toHaveProperty('Clip');
  expect(ops.QLinearConv).toBe(before.QLinearConv);
  expect((await explain(trained, thisMachine())).count('float')).toBe(0);
});

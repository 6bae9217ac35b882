import { expect, test } from 'vitest';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, decibels, lenet, optimizedOps, run } from './build.ts';

const feeds = batches([16, 1, 12, 12], 2);

test('the last product gives its result unrounded, and still runs in int8', async () => {
  const [rounded, exact] = [
    await quantizeStatic(lenet(), feeds),
    await quantizeStatic(lenet(), feeds, { floatOutputs: true }),
  ];
  expect(await optimizedOps(exact.model)).toMatchObject({ QLinearConv: 2, QGemm: 2 });
  expect((await optimizedOps(exact.model)).DequantizeLinear).toBeUndefined();
  const float = (await run(lenet(), feeds[0]!)).scores!;
  const sqnr = async ({ model }: typeof exact) =>
    decibels(float, (await run(model, feeds[0]!, { exact: false })).scores!);
  expect(await sqnr(exact)).toBeGreaterThan(await sqnr(rounded));
  const told = async ({ describe }: typeof exact) => (await describe()).outputs[0]!.sqnr;
  expect(await told(exact)).toBeGreaterThan(await told(rounded));
});

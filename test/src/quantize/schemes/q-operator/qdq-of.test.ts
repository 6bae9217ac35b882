import { expect, test } from 'vitest';
import { check, type Model } from '../../../../../src/ir/index.ts';
import { quantizeStatic } from '../../../../../src/quantize/index.ts';
import { qdqOf, toQOperator } from '../../../../../src/quantize/schemes/index.ts';
import { architecture } from '../../../../../src/zoo/index.ts';
import { batches, lenet, run } from '../../build.ts';
import { correlated, mlp } from '../models.ts';

const images = correlated([2, 3, 32, 32], 2).map(({ x }) => ({ input: x! }));
const resnet = (): Model => architecture('resnet8', { sample: [3, 32, 32], classes: 10, seed: 1 });

test.each([
  ['LeNet', lenet, batches([4, 1, 12, 12])],
  ['products', () => mlp('Relu'), correlated([8, 96])],
  ['resnet8', resnet, images],
] as const)('%s to operators on integers and back: the same outputs, bit by bit', async (_, make, feeds) => {
  const { model } = await quantizeStatic(make(), feeds);
  for (const standardOnly of [false, true]) {
    const back = qdqOf(toQOperator(model, { standardOnly }).model);
    check(back);
    expect(
      back.graph.nodes.filter(({ opType }) => /^QLinear|^QGemm/.test(opType)).map(({ opType }) => opType),
    ).toEqual([]);
    const [expected, actual] = [
      await run(model, feeds[0]!, { exact: false }),
      await run(back, feeds[0]!, { exact: false }),
    ];
    for (const [name, { bytes }] of Object.entries(expected))
      expect(Buffer.compare(bytes, actual[name]!.bytes), name).toBe(0);
  }
});

test('a model without operators on integers is refused', () => {
  expect(() => qdqOf(lenet())).toThrow('The model must have operators on integers (QLinearConv');
});

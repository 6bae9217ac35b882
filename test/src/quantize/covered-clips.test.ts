import { expect, test } from 'vitest';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, build, decibels, optimizedOps, run } from './build.ts';

/** A convolution whose outputs go far beyond the bounds of the Clip behind it. */
const clipped = (low: number, high: number) =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', [1, 4, 4, 4]);
    const y = b.op('Conv', [x, weight('w', [4, 4, 1, 1], 3)]);
    b.output(b.op('Clip', [y, b.scalar(low), b.scalar(high)]), 'y');
  });

const feeds = batches([1, 4, 4, 4]);

test.each([
  [-1, 1],
  [-0.5, 0.5],
  [-1, 0.75],
])(
  'a Clip to [%f, %f], which integers do not fit evenly, does not keep a convolution from int8',
  async (low, high) => {
    const { model } = await quantizeStatic(clipped(low, high), feeds);
    const ops = await optimizedOps(model);
    expect(ops).toMatchObject({ QLinearConv: 1 });
    expect(ops).not.toHaveProperty('Clip');
    for (const batch of feeds) {
      const [expected, given] = [await run(clipped(low, high), batch), await run(model, batch)];
      expect(decibels(expected.y!, given.y!)).toBeGreaterThan(35);
    }
  },
);

test('one that they fit stays in the file, and onnxruntime takes it away', async () => {
  const { model } = await quantizeStatic(clipped(0, 6), feeds);
  expect(model.graph.nodes.map(({ opType }) => opType)).toContain('Clip');
  expect(await optimizedOps(model)).toMatchObject({ QLinearConv: 1 });
});

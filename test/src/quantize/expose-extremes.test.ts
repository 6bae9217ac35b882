import { expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { exposeExtremes } from '../../../src/quantize/expose-extremes.ts';
import { ExtremesSession } from '../../../src/quantize/extremes-session.ts';
import { random } from '../../../src/random.ts';
import { build, run } from './build.ts';

/** x [N, 2, 3] to values of other ranks: y [2 N, 3], mean [], rows [N], names that the reductions would like to have. */
const ranks = () =>
  build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 2, 3]);
    const named = (value: ReturnType<typeof b.op>, name: string) => Object.assign(value, { name });
    named(b.op('Reshape', [x, b.int64s([-1, 3])]), 'y');
    named(b.op('Neg', [x]), 'x_ReduceMax');
    named(b.op('ReduceMean', [x], { keepdims: 0 }), 'mean');
    b.output(b.op('ReduceSum', [x, b.int64s([1, 2])], { keepdims: 0 }), 'rows');
  });

const { normal } = random(2);
const data = Float32Array.from({ length: 24 }, normal);
const feeds = { x: Tensor.of('float32', data, [4, 2, 3]) };

test.each([11, 13, 17, 18, 21])(
  'opset %d: the extremes of every sample, for values of any rank',
  async (opset) => {
    const model = build(({ b }) => {
      const x = b.input('x', 'float32', ['N', 2, 3]);
      const y = b.op('Reshape', [x, b.int64s([-1, 3])]);
      y.name = 'y';
      b.output(b.op('Neg', [y]), 'z');
    });
    model.opsets.set('', opset);
    const session = (await ExtremesSession.create(model, ['x', 'y', 'z']))!;
    const found = await session.run(feeds);
    await session.release();
    const samples = Array.from({ length: 4 }, (_, i) => data.subarray(6 * i, 6 * i + 6));
    for (const name of ['x', 'y']) {
      expect([...(found.get(name)!.min as Float32Array)]).toEqual(samples.map((part) => Math.min(...part)));
      expect([...(found.get(name)!.max as Float32Array)]).toEqual(samples.map((part) => Math.max(...part)));
    }
    expect([...(found.get('z')!.min as Float32Array)]).toEqual(samples.map((part) => -Math.max(...part)));
  },
);

test('scalars and vectors are reduced as well, under names that are free', async () => {
  const model = ranks();
  const session = (await ExtremesSession.create(model, ['mean', 'rows', 'x_ReduceMax', 'x']))!;
  expect(session.left).toEqual([]);
  const found = await session.run(feeds);
  await session.release();
  const sums = Array.from({ length: 4 }, (_, i) => data.subarray(6 * i, 6 * i + 6).reduce((a, b) => a + b));
  expect(found.get('mean')!.min.length).toBe(1);
  expect(found.get('mean')!.max[0]).toBeCloseTo(data.reduce((a, b) => a + b) / 24, 5);
  sums.forEach((sum, i) => {
    expect(found.get('rows')!.min[i]).toBeCloseTo(sum, 5);
  });
  expect(found.get('x_ReduceMax')!.max[0]).toBe(-Math.min(...data.subarray(0, 6)));
});

test('the copy gives nothing but three numbers a row; the model is left alone', async () => {
  const model = ranks();
  const before = [...model.graph.values()].length;
  const { model: reduced, outputs } = exposeExtremes(model, ['y']);
  const results = await run(reduced, feeds);
  expect(Object.keys(results).toSorted()).toEqual(Object.values(outputs.get('y')!).toSorted());
  expect(Object.values(results).map(({ shape }) => shape)).toEqual([
    [8, 1],
    [8, 1],
    [8, 1],
  ]);
  expect([...model.graph.values()].length).toBe(before);
});

test('a value of unknown rank is left to be looked at', async () => {
  const model = build(({ b }) => {
    const x = b.input('x', 'float32', ['N', 2, 3]);
    const shape = b.input('shape', 'int64', ['R']);
    b.output(b.op('Reshape', [x, shape]), 'y');
  });
  expect(exposeExtremes(model, ['x', 'y']).left).toEqual(['y']);
  expect(await ExtremesSession.create(model, ['y'])).toBeUndefined();
});

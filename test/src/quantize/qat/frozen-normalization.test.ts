import { beforeAll, expect, test } from 'vitest';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import * as layers from '../../../../src/layers/index.ts';
import { type Encodings, emit, prepare } from '../../../../src/quantize/index.ts';
import { fakeModel } from '../../../../src/quantize/qat/fake-model.ts';
import { unfoldNormalizations } from '../../../../src/quantize/qat/frozen-normalization.ts';
import { qat } from '../../../../src/quantize/qat/index.ts';
import { learnedEncodings, learnedFloat } from '../../../../src/quantize/qat/learned-encodings.ts';
import { fit } from '../../../../src/train/index.ts';
import { blobs } from './blobs.ts';
import { encoded, outputOf } from './encoded.ts';

const { batchNormalization, conv2d, dense, depthwiseConv2d, flatten, relu } = layers;
const data = blobs();

let [original, float]: Model[] = [];
let encodings: Encodings;
beforeAll(async () => {
  const start = layers.sequential(
    [1, 8, 8],
    [
      ...[conv2d(8, 3, { bias: false, stride: 2 }), batchNormalization(), relu()],
      ...[depthwiseConv2d(3), batchNormalization(), relu(), flatten(), dense(12)],
      ...[batchNormalization(), relu(), dense(4)],
    ],
    { seed: 4 },
  );
  original = (await fit(start, data, { epochs: 4, learningRate: 5e-3 })).model;
  float = prepare(original);
  encodings = await encoded(float, data, { weights: 4, activations: 8 });
});

const largest = (numbers: readonly number[]): number => Math.max(...numbers.map(Math.abs));

test('frozen normalizations compute what the folded ones do', async () => {
  const fake = fakeModel(float!, encodings);
  const unfolded = unfoldNormalizations(fake, original);
  const { nodes, initializers } = unfolded.fake.model.graph;
  expect(nodes.filter(({ name }) => name.endsWith('/folded_weight'))).toHaveLength(3);
  expect([...initializers.keys()].filter((name) => name.endsWith('/gamma'))).toHaveLength(3);
  const learned = new Map([...initializers].map(([name, { tensor }]) => [name, tensor!]));
  unfolded.fold(learned);
  for (const { weight, bias } of fake.weights.values())
    for (const name of [weight, bias!]) {
      const [before, after] = [fake.model.graph.initializers.get(name)!.tensor!, learned.get(name)!];
      expect(after.shape).toEqual(before.shape);
      const expected = before.toNumbers();
      const size = largest(expected);
      for (const [i, number] of after.toNumbers().entries())
        expect(Math.abs(number - expected[i]!)).toBeLessThan(1e-5 * size);
    }
});

test('gamma, beta and weight are trained, statistics are not, and the integers compute what was trained', async () => {
  const fake = fakeModel(float!, encodings);
  const unfolded = unfoldNormalizations(fake, original);
  const { model } = await fit(unfolded.fake.model, data, {
    ...{ limit: 512, learningRate: 2e-3, learnScales: true, freeze: unfolded.freeze },
  });
  const learned = new Map([...model.graph.initializers].map(([name, { tensor }]) => [name, tensor!]));
  for (const [name, { tensor }] of unfolded.fake.model.graph.initializers) {
    const isStatistic = /frozen_(inverse_deviation|offset)$/.test(name);
    const isTrained = /(gamma|beta|weight|bias|bias_1|_scale)$/.test(name) && !name.startsWith('input');
    const same = Buffer.from(learned.get(name)!.bytes).equals(tensor!.bytes);
    if (isStatistic || isTrained) expect(same, name).toBe(isStatistic);
  }
  expect(unfolded.freeze).toHaveLength(2);
  unfolded.fold(learned);
  const after = learnedEncodings(unfolded.fake, (name) => learned.get(name)!, encodings);
  const integers = emit(learnedFloat(float!, unfolded.fake, learned), after).model;
  expect((await outputOf(integers, data)).toNumbers()).toEqual((await outputOf(model, data)).toNumbers());
});

test('qat trains them where it is told what the float model was prepared from', async () => {
  const options = { data, limit: 512, learningRate: 2e-3 };
  const frozen = await qat(float!, encodings, { ...options, unfolded: original! });
  const folded = await qat(float!, encodings, options);
  const output = async (model: Model) => (await outputOf(model, data)).toNumbers();
  const after = await output(frozen.model);
  expect(after).toEqual(await output(fakeModel(frozen.float, frozen.encodings).model));
  expect(after).not.toEqual(await output(folded.model));
});

test('what has other weights by now stays folded', async () => {
  const changed = float!.clone();
  for (const value of changed.graph.initializers.values())
    if (value.tensor!.shape.length === 4) value.tensor = scaled(value.tensor!);
  const unfolded = unfoldNormalizations(fakeModel(changed, encodings), original);
  expect(unfolded.fake.model.graph.nodes.filter(({ name }) => name.endsWith('/folded_weight'))).toHaveLength(
    1,
  );
});

const scaled = ({ data: numbers, shape }: Tensor): Tensor =>
  Tensor.of(
    'float32',
    (numbers as Float32Array).map((number) => 2 * number),
    shape,
  );

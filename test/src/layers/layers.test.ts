import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { check } from '../../../src/ir/check.ts';
import { Tensor } from '../../../src/ir/index.ts';
import * as layers from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { modelCost } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const { conv2d, dense, flatten, input, model, sequential } = layers;

async function outputShape(
  built: ReturnType<typeof sequential>,
  sample: readonly number[],
): Promise<readonly number[]> {
  const session = await InferenceSession.create(writeModel(built));
  const size = 2 * sample.reduce((a, b) => a * b, 1);
  const feed = Tensor.of('float32', new Float32Array(size), [2, ...sample]);
  const { logits } = await session.run({ input: feed });
  await session.release();
  return logits!.shape;
}

describe('layers', () => {
  test("padding 'same-upper' puts the odd pixel at the end, as TensorFlow does", async () => {
    const built = sequential(
      [1, 49, 10],
      [conv2d(2, [10, 4], { stride: 2, padding: 'same-upper' }), flatten()],
    );
    expect(built.graph.nodes[0]!.ints('pads')).toEqual([4, 1, 5, 1]);
    expect(await outputShape(built, [1, 49, 10])).toEqual([2, 2 * 25 * 5]);
    const even = sequential([1, 8, 8], [conv2d(2, 3, { stride: 2, padding: 'same-upper' })]);
    expect(even.graph.nodes[0]!.ints('pads')).toEqual([0, 0, 1, 1]);
  });

  test('a layer can have a name of its own; the next ones are numbered as before', () => {
    const built = sequential([4], [layers.named('fc', dense(3)), dense(2)]);
    expect([...built.graph.initializers.keys()]).toEqual([
      'fc.weight',
      'fc.bias',
      'dense1.weight',
      'dense1.bias',
    ]);
  });

  test('a number after a name that ends in one is parted from it', () => {
    const net = sequential([4], [dense(4), layers.relu6(), dense(4), layers.relu6()]);
    expect(net.graph.nodes.map(({ name }) => name)).toEqual(['dense1', 'relu6_1', 'dense2', 'relu6_2']);
  });

  test('attention of one head is softmax(q k / sqrt(d)) v, by hand', async () => {
    const built = model(layers.selfAttention(1)(layers.layerNormalization()(input([3, 4], { seed: 2 }))));
    check(built);
    const tensor = (name: string) => [...(built.graph.initializers.get(name)!.tensor!.data as Float32Array)];
    const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const rows = [0, 1, 2].map((t) => {
      const row = [...x.subarray(t * 4, t * 4 + 4)];
      const mean = row.reduce((a, b) => a + b) / 4;
      const deviation = Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / 4 + 1e-6);
      return row.map((value) => (value - mean) / deviation);
    });
    const times = (a: number[][], name: string) =>
      a.map((row) =>
        [0, 1, 2, 3].map((j) =>
          row.reduce((sum, value, i) => sum + value * tensor(`attention1.${name}.weight`)[i * 4 + j]!, 0),
        ),
      );
    const [q, k, v] = ['query', 'key', 'value'].map((name) => times(rows, name)) as [
      number[][],
      number[][],
      number[][],
    ];
    const mixed = q.map((query) => {
      const scores = k.map((key) => Math.exp(key.reduce((sum, value, i) => sum + value * query[i]!, 0) / 2));
      const total = scores.reduce((a, b) => a + b);
      return [0, 1, 2, 3].map((j) => scores.reduce((sum, score, t) => sum + (score / total) * v[t]![j]!, 0));
    });
    const expected = times(mixed, 'proj').flat();
    const session = await InferenceSession.create(writeModel(built));
    const { logits } = await session.run({ input: Tensor.of('float32', x, [1, 3, 4]) });
    await session.release();
    for (const [i, value] of logits!.toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
  });

  test('a functional model with a branch, a residual and every layer', async () => {
    const x = input([3, 16, 16], { seed: 1 });
    const stem = layers.block(
      conv2d(8, 3, { stride: 2 }),
      layers.batchNormalization(),
      layers.hardSwish(),
    )(x);
    const left = layers.residual([layers.depthwiseConv2d(3), layers.relu6()])(stem);
    const right = layers.block(conv2d(8, 3, { groups: 4, dilation: 2 }), layers.leakyRelu())(stem);
    const joined = layers.concat(left, right);
    const pooled = layers.block(
      layers.maxPool2d(2),
      layers.averagePool2d(2),
      layers.tanh(),
      layers.sigmoid(),
    )(joined);
    const built = model(
      layers.block(layers.globalAveragePool2d(), flatten(), dense(5), layers.softmax())(pooled),
    );
    check(built);
    expect(built.graph.nodes.map((node) => node.name)).toContain('conv2');
    expect(await outputShape(built, [3, 16, 16])).toEqual([2, 5]);
  });

  test('one stem may end in several models, none of which changes another', async () => {
    const x = input([1, 8, 8]);
    const stem = layers.relu()(conv2d(4, 3)(x));
    const small = model(dense(2)(flatten()(stem)));
    const before = writeModel(small);
    const large = model(dense(5)(flatten()(stem)), { name: 'scores' });
    expect(writeModel(small)).toEqual(before);
    for (const built of [small, large]) {
      check(built);
      expect(built.graph.outputs).toHaveLength(1);
      expect(built.graph.nodes.map((node) => node.opType)).toEqual(['Conv', 'Relu', 'Flatten', 'Gemm']);
      expect(built.graph.initializers.size).toBe(4);
    }
    expect(await outputShape(small, [1, 8, 8])).toEqual([2, 2]);
    expect(large.graph.outputs[0]!.name).toBe('scores');
    expect(await outputShape(model(x), [1, 8, 8])).toEqual([2, 1, 8, 8]);
  });

  test('flows of different inputs cannot be joined', () => {
    const [a, b] = [input([4]), input([4])];
    expect(() => layers.add(a, b)).toThrow(/add must join flows of one model.*input\(\) once/);
    expect(() => layers.concat(a, a, b)).toThrow(UsageError);
  });

  test('count parameters and MACs as by hand', () => {
    const built = sequential([1, 8, 8], [conv2d(4, 3), flatten(), dense(10)]);
    const { parameters, macs } = modelCost(built);
    expect(parameters).toBe(4 * 9 + 4 + 256 * 10 + 10);
    expect(macs).toBe(64 * 4 * 9 + 256 * 10);
  });

  test('equal seeds draw equal weights', () => {
    const build = (seed: number) => writeModel(sequential([4], [dense(3)], { seed }));
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });

  test('a layer in the wrong place says what to put before it', () => {
    expect(() => sequential([1, 8, 8], [dense(10)])).toThrow(
      /dense1 takes samples of 1 dimensions.*flatten\(\)/,
    );
    expect(() => sequential([5], [conv2d(4, 3)])).toThrow(/conv1 takes samples of 3 dimensions/);
    expect(() => sequential([3, 8, 8], [conv2d(4, 3, { groups: 2 })])).toThrow(
      /groups must divide 3 channels/,
    );
    expect(() => sequential([3, 8, 8], [conv2d(4, 2)])).toThrow(
      /conv1: padding 'same' needs an odd kernel, is 2.*'valid'/,
    );
    expect(() => sequential([3, 8, 8], [conv2d(4, 2, { padding: 'valid' })])).not.toThrow();
  });
});

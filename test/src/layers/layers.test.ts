import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { check } from '../../../src/ir/check.ts';
import { Tensor } from '../../../src/ir/index.ts';
import * as layers from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { modelCost } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const { architecture, architectures, conv2d, dense, flatten, input, model, sequential } = layers;

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

describe('architectures', () => {
  test.each(Object.keys(architectures))('%s runs in onnxruntime with any batch', async (name) => {
    const built = architecture(name, { sample: [1, 28, 28], classes: 10 });
    check(built);
    expect(await outputShape(built, [1, 28, 28])).toEqual([2, 10]);
  });

  test('an unknown one is refused with the nearest name', () => {
    expect(() => architecture('cn', { sample: [1, 8, 8], classes: 2 })).toThrow(
      /architecture 'cn'. Did you mean 'cnn'/,
    );
    expect(() => architecture('constructor', { sample: [1, 8, 8], classes: 2 })).toThrow(UsageError);
  });
});

describe('layers', () => {
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

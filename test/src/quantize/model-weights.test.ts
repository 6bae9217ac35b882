import { describe, expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import {
  modelWeights,
  packInt4,
  quantizeDynamic,
  quantizeStatic,
  quantizeWeights,
  toHalf,
  toQOperator,
  type WeightOnlyOptions,
} from '../../../src/quantize/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { batches, build, run } from './build.ts';

const shape = [2, 3, 2];
const scales = [0.1, 0.02, 3];

test('integer constants are what onnxruntime makes of them, scales are not weights', async () => {
  const g = createBuilder();
  const constant = (name: string, tensor: Tensor) => g.initializer(name, tensor);
  const unsigned = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const perChannel = g.op(
    'DequantizeLinear',
    [
      constant('a', Tensor.of('uint8', unsigned, shape)),
      constant('a_scale', Tensor.of('float32', scales)),
      constant('a_zero', Tensor.of('uint8', [0, 128, 255])),
    ],
    { axis: -2 },
  );
  const signed = Int8Array.from({ length: 12 }, (_, i) => 20 * i - 128);
  const perTensor = g.op('DequantizeLinear', [
    constant('b', Tensor.of('int8', signed, shape)),
    constant('b_scale', Tensor.of('float32', [0.3], [])),
  ]);
  const plain = constant('c', Tensor.of('float32', new Float32Array(12).fill(2), shape));
  g.output(perChannel, 'a_real');
  g.output(perTensor, 'b_real');
  g.output(g.op('Identity', [plain]), 'c_real');
  const model = new Model(g.graph);
  const weights = modelWeights(model);
  expect(weights.map(({ name, dtype }) => [name, dtype])).toEqual([
    ['c', 'float32'],
    ['a', 'uint8'],
    ['b', 'int8'],
  ]);
  const session = await InferenceSession.create(writeModel(model));
  const results = await session.run({});
  await session.release();
  for (const { name, values } of weights) expect(values).toEqual(results[`${name}_real`]!.data);
});

/** x [N, 64] W [64, 16], whose product with the identity is W. */
const product = () =>
  build(({ b, weight }) => {
    b.output(b.op('MatMul', [b.input('x', 'float32', ['N', 64]), weight('w', [64, 16])]), 'y');
  });

const identity = Float32Array.from({ length: 64 * 64 }, (_, i) => Number(i % 65 === 0));

/** The weight as onnxruntime computes with it, [64, 16]. */
async function asComputed(model: Model): Promise<Float32Array> {
  const { y } = await run(model, { x: Tensor.of('float32', identity, [64, 64]) }, { exact: false });
  return y!.data as Float32Array;
}

const turned = (values: Float32Array): Float32Array =>
  values.map((_, i) => values[(i % 16) * 64 + Math.floor(i / 16)]!);

describe('the weight of a product, as onnxruntime multiplies with it', () => {
  const forms: readonly WeightOnlyOptions[] = [
    { bits: 8 },
    { bits: 4 },
    { bits: 4, symmetric: false, group: 16 },
    { bits: 4, group: 'channel' },
    { bits: 3 },
    { bits: 2, group: 64 },
  ];
  test.each(forms)('MatMulNBits %o', async (options) => {
    const { model } = await quantizeWeights(product(), { ...options, accuracyLevel: 1 });
    const weights = modelWeights(model);
    expect(weights).toHaveLength(1);
    expectNear(turned(weights[0]!.values), await asComputed(model));
  });

  test.each(forms)('DequantizeLinear %o', async (options) => {
    const { model } = await quantizeWeights(product(), { ...options, form: 'qdq', accuracyLevel: 1 });
    const weights = modelWeights(model);
    expect(weights.map(({ dtype }) => dtype)).toEqual([options.bits === 8 ? 'int8' : typeOf(options)]);
    expectNear(weights[0]!.values, await asComputed(model));
  });

  test('dynamic, and in 16 bits', async () => {
    const dynamic = (await quantizeDynamic(product())).model;
    for (const model of [dynamic, (await toHalf(product())).model]) {
      const weights = modelWeights(model);
      expect(weights).toHaveLength(1);
      expectNear(weights[0]!.values, await asComputed(model), 1e-3);
    }
  });
});

const typeOf = ({ bits, symmetric = bits! >= 4 }: WeightOnlyOptions) => (symmetric ? 'int4' : 'uint4');

function expectNear(actual: Float32Array, expected: Float32Array, limit = 1e-6): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  expect(worst).toBeLessThan(limit);
}

describe('every other form is near the float weight', () => {
  const lstm = () =>
    build(({ b, weight }) => {
      const x = b.input('x', 'float32', [4, 'N', 8]);
      const inputs = [x, weight('w', [2, 64, 8]), weight('r', [2, 64, 16]), weight('b', [2, 128])];
      const [y] = b.node('LSTM', inputs, { hidden_size: 16, direction: 'bidirectional' }, 1);
      b.output(y!, 'y');
    });
  const table = () =>
    build(({ b, weight }) => {
      b.output(b.op('Gather', [weight('w', [40, 32]), b.input('ids', 'int64', ['N'])]), 'y');
    });
  const conv = () =>
    build(({ b, weight }) => {
      const x = b.input('x', 'float32', ['N', 8, 5, 5]);
      b.output(b.op('Conv', [x, weight('w', [8, 8, 3, 3]), weight('bias', [8])]), 'y');
    });
  const cases: [string, () => Model, (model: Model) => Promise<{ model: Model }>][] = [
    ['LSTM, dynamic', lstm, (m) => quantizeDynamic(m)],
    ['LSTM, folded', lstm, (m) => quantizeWeights(m, { bits: 8 })],
    ['table, dynamic', table, (m) => quantizeDynamic(m)],
    ['table in blocks', table, (m) => quantizeWeights(m, { bits: 4, group: 16 })],
    ['table in 8 bits with zero points', table, (m) => quantizeWeights(m, { bits: 8, symmetric: false })],
    ['convolution, folded with zero points', conv, (m) => quantizeWeights(m, { bits: 4, symmetric: false })],
    ['convolution, dynamic', conv, (m) => quantizeDynamic(m, { operators: ['Conv'] })],
    [
      'convolution, packed',
      conv,
      async (m) => packInt4((await quantizeStatic(m, images, { weightBits: 4 })).model),
    ],
    ['convolution of integers', conv, async (m) => toQOperator((await quantizeStatic(m, images)).model)],
    ['bfloat16', conv, (m) => toHalf(m, { type: 'bfloat16' })],
  ];
  const images = batches([2, 8, 5, 5]);

  test.each(cases)('%s', async (_, make, quantize) => {
    const float = new Map(modelWeights(make()).map(({ name, values }) => [name, values]));
    const { model } = await quantize(make());
    const weights = modelWeights(model);
    // None is missing, and no scale is among them.
    expect(weights.map(({ name }) => name.split('_')[0]).toSorted()).toEqual([...float.keys()].toSorted());
    for (const { name, values, dtype } of weights) {
      const own = float.get(name.split('_')[0]!)!;
      expect(values.length).toBe(own.length);
      const [a, b] = [values.toSorted(), own.toSorted()];
      const spread = b.at(-1)! - b[0]!;
      // The order may be another one.
      const worst = a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
      expect(worst).toBeLessThan(spread * (/int4/.test(dtype) ? 0.12 : 0.02));
    }
  });
});

test('a scale per block is what onnxruntime makes of it', async () => {
  const g = createBuilder();
  const weight = g.initializer('w', Tensor.of('int8', [1, 2, 3, 4, 5, 6, 7, 8], [4, 2]));
  const scale = g.initializer('s', Tensor.of('float32', [1, 2, 3, 4], [2, 2]));
  g.output(g.op('DequantizeLinear', [weight, scale], { axis: 0, block_size: 2 }), 'y');
  const model = new Model(g.graph);
  model.opsets.set('', 21);
  const { y } = await run(model, {});
  expect(modelWeights(model)[0]!.values).toEqual(y!.data);
  weight.uses[0]!.node.setInput(1, g.input('scales', 'float32', [2, 2]));
  expect(() => modelWeights(model)).toThrow(/must have constant float32 scales for 'w'/);
});

import { describe, expect, test } from 'vitest';
import { check, type Model, type Value } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { quantizeStatic } from '../../../../../src/quantize/index.ts';
import { toQOperator } from '../../../../../src/quantize/schemes/index.ts';
import type { Feeds } from '../../../../../src/runtime/index.ts';
import { architecture } from '../../../../../src/zoo/index.ts';
import { batches, build, lenet, run } from '../../build.ts';
import { correlated, mlp } from '../models.ts';

const residual = (): Model =>
  build(({ b, weight }) => {
    const conv = (x: Value, name: string) =>
      b.op('Conv', [x, weight(name, [4, 4, 3, 3]), weight(`${name}_bias`, [4])], { pads: [1, 1, 1, 1] });
    const stem = b.op('Relu', [conv(b.input('x', 'float32', ['N', 4, 6, 6]), 'a')]);
    const sum = b.op('Relu', [
      b.op('Add', [conv(b.op('Clip', [conv(stem, 'b'), b.scalar(0), b.scalar(6)]), 'c'), stem]),
    ]);
    const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [sum])]);
    const both = b.op('Concat', [b.op('Mul', [sum, gate]), b.op('LeakyRelu', [stem])], { axis: 1 });
    const pooled = b.op('AveragePool', [both], { kernel_shape: [2, 2], strides: [2, 2] });
    b.output(b.op('Transpose', [pooled], { perm: [0, 2, 3, 1] }), 'y');
  });

const zoo = (name: string) => (): Model => architecture(name, { sample: [3, 32, 32], classes: 10, seed: 1 });
const images = correlated([2, 3, 32, 32], 2).map(({ x }): Feeds => ({ input: x! }));

const cases: [string, () => Model, Feeds[], Record<string, number>][] = [
  ['LeNet', lenet, batches([4, 1, 12, 12]), { QLinearConv: 2, QGemm: 2, MaxPool: 2 }],
  ['residual block', residual, correlated([2, 4, 6, 6]), { QLinearConv: 3, QLinearAdd: 1, QLinearConcat: 1 }],
  ['products', () => mlp('Relu'), correlated([8, 96]), { QLinearMatMul: 1, QGemm: 2 }],
  ['resnet8', zoo('resnet8'), images, { QLinearConv: 9, QLinearAdd: 3, QGemm: 1 }],
  ['mobile', zoo('mobile'), images, { QGemm: 1 }],
];

const opsOf = (model: Model): Record<string, number> =>
  Object.fromEntries(
    Map.groupBy(model.graph.nodes, ({ opType }) => opType)
      .entries()
      .map(([op, nodes]) => [op, nodes.length]),
  );

async function expectEqual(a: Model, b: Model, feeds: readonly Feeds[]): Promise<void> {
  for (const batch of feeds) {
    const [expected, actual] = [await run(a, batch, { exact: false }), await run(b, batch, { exact: false })];
    for (const [name, { bytes }] of Object.entries(expected))
      expect(Buffer.compare(bytes, actual[name]!.bytes), name).toBe(0);
  }
}

describe.each(cases)('%s', (_, make, feeds, ops) => {
  test('on integers, with the outputs that onnxruntime gives, bit by bit', async () => {
    const { model } = await quantizeStatic(make(), feeds);
    const before = writeModel(model);
    const { model: converted, report } = toQOperator(model);
    expect(writeModel(model)).toEqual(before);
    check(converted);
    expect(opsOf(converted)).toMatchObject(ops);
    expect(report.sizeAfter).toBeLessThan(report.sizeBefore);
    await expectEqual(model, converted, feeds);
  });

  test('standard operators alone, with the same outputs', async () => {
    const { model } = await quantizeStatic(make(), feeds);
    const { model: converted } = toQOperator(model, { standardOnly: true });
    check(converted);
    const domains = converted.graph.nodes.filter(({ domain }) => domain !== '').map(({ opType }) => opType);
    expect(domains.filter((op) => op !== 'QLinearAdd' && op !== 'QLinearMul')).toEqual([]);
    expect(opsOf(converted)).not.toHaveProperty('Gemm');
    expect(opsOf(converted)).not.toHaveProperty('Conv');
    await expectEqual(model, converted, feeds);
  });
});

test('a model of an old operator set, whose MaxPool takes no integers', async () => {
  const old = lenet();
  old.opsets.set('', 11);
  const feeds = batches([4, 1, 12, 12]);
  const { model } = await quantizeStatic(old, feeds, { perChannel: false });
  const { model: converted } = toQOperator(model);
  expect(opsOf(converted)).toMatchObject({ QLinearConv: 2, MaxPool: 2 });
  await expectEqual(model, converted, feeds);
});

test('int8 activations with one scale a tensor', async () => {
  const feeds = batches([4, 1, 12, 12]);
  const { model } = await quantizeStatic(lenet(), feeds, { activations: 'int8', perChannel: false });
  const { model: converted, report } = toQOperator(model);
  expect(report.left).toEqual([]);
  await expectEqual(model, converted, feeds);
});

test('what has no form on integers stays between its pairs, with the reason', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [2, 8]);
    const h = b.op('Tanh', [b.op('MatMul', [x, weight('w', [8, 8])])]);
    b.output(b.op('MatMul', [b.op('Exp', [h]), weight('v', [8, 8])]), 'y');
  });
  const { model } = await quantizeStatic(float, correlated([2, 8]));
  const { model: converted, report } = toQOperator(model);
  expect(report.left.map(({ op, reason }) => `${op}: ${reason}`)).toEqual([
    'Tanh: operator Tanh has no form on integers',
    'Exp: operator Exp has no form on integers',
  ]);
  await expectEqual(model, converted, correlated([2, 8]));
});

test('a float model is refused', () => {
  expect(() => toQOperator(lenet())).toThrow(
    'The model must have QuantizeLinear and DequantizeLinear, has none',
  );
});

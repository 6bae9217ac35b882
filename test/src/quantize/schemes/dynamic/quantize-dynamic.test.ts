import { expect, test } from 'vitest';
import { check, type Value } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { quantizeDynamic } from '../../../../../src/quantize/schemes/index.ts';
import { batches, build, decibels, lenet, optimizedOps, run } from '../../build.ts';
import { correlated, mlp, wordFeeds, wordModel } from '../models.ts';

const rows = correlated([16, 96]);

test.each([
  [{}, 35],
  [{ perChannel: false }, 32],
  [{ reduceRange: true }, 31],
] as const)('products run in int8 with options %j, the model stays as it is', async (options, least) => {
  const float = mlp('Relu');
  const before = writeModel(float);
  const { model, report } = await quantizeDynamic(float, { ...options, calibration: rows });
  expect(writeModel(float)).toEqual(before);
  check(model);
  expect(await optimizedOps(model)).toEqual({ DynamicQuantizeMatMul: 3, Relu: 2 });
  const [exact, rounded] = [await run(float, rows[0]!), await run(model, rows[0]!, { exact: false })];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(least);
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(least);
  expect(report.sizeAfter).toBe(writeModel(model).length);
  expect(report.sizeAfter / report.sizeBefore).toBeLessThan(0.4);
  expect(report.left).toEqual([]);
});

test('scales and transposition of a Gemm, and a computed bias', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 32]);
    const alpha = { type: 'float', value: 0.5 } as const;
    const beta = { type: 'float', value: 2 } as const;
    const h = b.op('Gemm', [x, weight('w', [24, 32]), weight('c', [24], 1)], { transB: 1, alpha, beta });
    b.output(b.op('Gemm', [x, weight('v', [32, 24]), h]), 'y');
  });
  const feeds = correlated([8, 32]);
  for (const perChannel of [true, false]) {
    const { model, report } = await quantizeDynamic(float, { perChannel, calibration: feeds });
    expect(report.outputs[0]!.sqnr).toBeGreaterThan(35);
    expect(model.graph.nodes.filter(({ opType }) => opType === 'DynamicQuantizeLinear')).toHaveLength(1);
  }
});

test('a stack of matrices has one scale; products of activations stay float', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [2, 8, 16]);
    const h = b.op('MatMul', [x, weight('w', [2, 16, 16])]);
    b.output(b.op('MatMul', [h, b.op('Transpose', [x], { perm: [0, 2, 1] })]), 'y');
  });
  const { report } = await quantizeDynamic(float, { calibration: correlated([2, 8, 16]) });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(33);
  expect(report.left.map(({ reason }) => reason)).toEqual(['its weight is not a float32 constant']);
});

test.each([true, false])('embedding, LSTM and product, per channel %s', async (perChannel) => {
  const { model, report } = await quantizeDynamic(wordModel(), { perChannel, calibration: wordFeeds() });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(30);
  expect(await optimizedOps(model)).toMatchObject({ DynamicQuantizeLSTM: 1, DynamicQuantizeMatMul: 1 });
  expect(report.rewritten.map(({ op }) => op)).toEqual(['Gather', 'LSTM', 'MatMul']);
  expect(report.sizeAfter / report.sizeBefore).toBeLessThan(0.45);
  check(model);
});

test.each([true, false])('an LSTM in both directions, per channel %s', async (perChannel) => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [5, 'N', 12]);
    const weights = [weight('w', [2, 32, 12]), weight('r', [2, 32, 8]), weight('wb', [2, 64])];
    b.output(b.node('LSTM', [x, ...weights], { hidden_size: 8, direction: 'bidirectional' }, 1)[0]!, 'y');
  });
  const { report } = await quantizeDynamic(float, { perChannel, calibration: correlated([5, 3, 12]) });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(28);
});

test('convolutions are int8 where asked for, else the report says why not', async () => {
  const images = batches([8, 1, 12, 12]);
  const plain = await quantizeDynamic(lenet(), { calibration: images });
  expect(plain.report.left.map(({ reason }) => reason)).toEqual(
    Array(2).fill('operator Conv was not asked for'),
  );
  for (const perChannel of [true, false]) {
    const options = { operators: ['Conv', 'Gemm'], perChannel, calibration: images };
    const { model, report } = await quantizeDynamic(lenet(), options);
    expect(report.left).toEqual([]);
    expect(report.outputs[0]!.sqnr).toBeGreaterThan(30);
    expect(await optimizedOps(model)).toMatchObject({ ConvInteger: 2, DynamicQuantizeMatMul: 2 });
  }
});

test('depthwise and strided convolutions', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8, 9, 9]);
    const depthwise = { group: 8, pads: [1, 1, 1, 1], strides: [2, 2] };
    const d: Value = b.op('Conv', [x, weight('d', [8, 1, 3, 3]), weight('db', [8])], depthwise);
    b.output(b.op('Conv', [d, weight('p', [16, 8, 1, 1])]), 'y');
  });
  const { report } = await quantizeDynamic(float, {
    operators: ['Conv'],
    calibration: correlated([2, 8, 9, 9]),
  });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(33);
});

test('names the mistake', async () => {
  await expect(quantizeDynamic(mlp(), { operators: ['Gem'] })).rejects.toThrow(
    "Unknown operator with a dynamic int8 form 'Gem'. Did you mean 'Gemm'?",
  );
  const none = build(({ b, weight }) => {
    b.output(b.op('Conv', [b.input('x', 'float32', [1, 2, 4, 4]), weight('w', [2, 2, 3, 3])]), 'y');
  });
  await expect(quantizeDynamic(none)).rejects.toThrow(
    /Nothing in the model can be quantized dynamically. Conv '.*': operator Conv was not asked for/,
  );
  const { model } = await quantizeDynamic(mlp());
  await expect(quantizeDynamic(model)).rejects.toThrow('is already quantized');
});

import { describe, expect, test } from 'vitest';
import { check } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { quantizeWeights, type WeightOnlyOptions } from '../../../../../src/quantize/schemes/index.ts';
import { batches, build, decibels, lenet, optimizedOps, run } from '../../build.ts';
import { correlated, mlp, wordFeeds, wordModel } from '../models.ts';

const rows = correlated([16, 96]);

async function outputs(options: WeightOnlyOptions) {
  const float = mlp();
  const before = writeModel(float);
  const { model, report } = await quantizeWeights(float, { calibration: rows, ...options });
  expect(writeModel(float)).toEqual(before);
  check(model);
  const [exact, rounded] = [await run(float, rows[0]!), await run(model, rows[0]!, { exact: false })];
  return { model, report, sqnr: decibels(exact.y!, rounded.y!) };
}

describe.each(['qdq', 'matmul-nbits'] as const)('form %s', (form) => {
  test.each([
    [8, 'channel', true, 35],
    [8, 32, false, 35],
    [4, 16, true, 15.5],
    [4, 32, false, 14.5],
    [4, 64, true, 13],
    [4, 'channel', true, 12],
    [4, 'channel', false, 12],
    [3, 16, false, 11],
    [2, 16, false, 2],
  ] as const)(
    '%i bits, groups of %s, symmetric %s: onnxruntime multiplies in few bits, SQNR over %i dB',
    async (bits, group, symmetric, least) => {
      const { model, report, sqnr } = await outputs({ bits, group, symmetric, form });
      expect(sqnr).toBeGreaterThan(least);
      expect(report.outputs[0]!.sqnr).toBeGreaterThan(least);
      expect(report.sizeAfter).toBe(writeModel(model).length);
      expect(report.left).toEqual([]);
      const ops = await optimizedOps(model);
      expect(ops).toMatchObject({ MatMulNBits: 3 });
      for (const op of ['MatMul', 'Gemm', 'DequantizeLinear']) expect(ops).not.toHaveProperty(op);
    },
  );
});

test('a Relu keeps onnxruntime from fusing DequantizeLinear, which is warned of', async () => {
  for (const [form, fused] of [
    ['qdq', 1],
    ['matmul-nbits', 3],
  ] as const) {
    const { model, report } = await quantizeWeights(mlp('Relu'), { form });
    expect((await optimizedOps(model)).MatMulNBits).toBe(fused);
    expect(report.warnings.filter((warning) => warning.includes('Relu'))).toHaveLength(3 - fused);
  }
});

test('the two forms are the same integers, but for the sign of scales: equal outputs', async () => {
  const both = async (symmetric: boolean) => {
    const made = await Promise.all(
      (['qdq', 'matmul-nbits'] as const).map((form) => outputs({ form, symmetric, group: 32 })),
    );
    const [a, b] = await Promise.all(made.map(({ model }) => run(model, rows[1]!, { exact: false })));
    return decibels(a!.y!, b!.y!);
  };
  expect(await both(false)).toBeGreaterThan(90);
  expect(await both(true)).toBeLessThan(40);
});

test('GPTQ loses less than rounding to nearest, at each layer and at the output', async () => {
  const options = { bits: 3, group: 32, accuracyLevel: 1, form: 'matmul-nbits' } as const;
  const nearest = await outputs({ ...options, method: 'rtn' });
  const ours = await outputs({ ...options, method: 'gptq' });
  expect(ours.sqnr).toBeGreaterThan(nearest.sqnr + 2);
  expect(ours.report.warnings).toHaveLength(1);
  expect(ours.report.rewritten.map(({ op }) => op)).toEqual(['MatMul', 'Gemm', 'Gemm']);
});

test('GPTQ of convolutions', async () => {
  const images = batches([8, 1, 12, 12]);
  const noise = async (method: 'rtn' | 'gptq') => {
    const { report } = await quantizeWeights(lenet(), { bits: 4, method, calibration: images });
    return report.outputs[0]!.sqnr;
  };
  expect(await noise('gptq')).toBeGreaterThan((await noise('rtn')) + 2);
});

test.each(['folded', 'dequantize'] as const)(
  'convolutions are stored in 8 and 4 bits: %s',
  async (storage) => {
    const images = batches([8, 1, 12, 12]);
    for (const [bits, least] of [
      [8, 35],
      [4, 12],
    ] as const) {
      const float = lenet();
      const { model, report } = await quantizeWeights(float, { bits, storage, calibration: images });
      expect(report.outputs[0]!.sqnr).toBeGreaterThan(least);
      expect(report.left.map(({ node }) => node)).toEqual([float.graph.nodes[0]!.name]);
      expect(report.sizeAfter / report.sizeBefore).toBeLessThan(bits === 8 ? 0.4 : 0.3);
      const ops = await optimizedOps(model);
      if (storage === 'folded') expect(ops).not.toHaveProperty('Cast');
      else expect(ops).toHaveProperty('DequantizeLinear');
    }
  },
);

test.each([
  [8, 'qdq', 'channel', ['Gather', 'Cast', 'Mul', 'MatMulNBits']],
  [4, 'qdq', 16, ['Gather', 'MatMulNBits']],
  [8, 'matmul-nbits', 'channel', ['GatherBlockQuantized', 'MatMulNBits']],
  [4, 'matmul-nbits', 16, ['GatherBlockQuantized', 'MatMulNBits']],
  [3, 'matmul-nbits', 16, ['GatherBlockQuantized', 'MatMulNBits']],
] as const)('embeddings and LSTM in %i bits, %s, groups of %s', async (bits, form, group, expected) => {
  for (const symmetric of bits === 3 ? [false] : [true, false]) {
    const options = { bits, form, group, symmetric, calibration: wordFeeds() };
    const { model, report } = await quantizeWeights(wordModel(), options);
    expect(report.left).toEqual([]);
    expect(report.rewritten.map(({ name }) => name)).toEqual(['words', 'w', 'r', 'out']);
    expect(report.outputs[0]!.sqnr).toBeGreaterThan({ 8: 33, 4: 12, 3: 4 }[bits]);
    expect(Object.keys(await optimizedOps(model))).toEqual(expect.arrayContaining([...expected]));
    check(model);
  }
});

test('weights that are small, excluded or in a subgraph stay float, and the report says why', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    const h = b.op('MatMul', [x, weight('small', [16, 4])]);
    b.output(b.op('MatMul', [b.op('Tile', [h, b.int64s([1, 16])]), weight('large', [64, 32])]), 'y');
    b.output(b.op('MatMul', [b.op('Tile', [h, b.int64s([1, 16])]), weight('kept', [64, 32])]), 'z');
  });
  const kept = float.graph.nodes.at(-1)!.name;
  const { report } = await quantizeWeights(float, { exclude: [kept] });
  expect(report.rewritten.map(({ name }) => name)).toEqual(['large']);
  expect(report.left.map(({ reason }) => reason)).toEqual([
    'its weight has fewer than 256 numbers',
    'excluded by name',
  ]);
  expect(report.outputs).toEqual([]);
});

test('names the mistake', async () => {
  await expect(quantizeWeights(mlp(), { group: 24 })).rejects.toThrow(
    'A group must be 16, 32, 64, 128 or 256 inputs, for which onnxruntime has kernels, was 24',
  );
  await expect(quantizeWeights(mlp(), { method: 'gptq' })).rejects.toThrow('GPTQ needs calibration data');
  await expect(quantizeWeights(mlp(), { method: 'gptq', calibration: [] })).rejects.toThrow(
    'The calibration set must have at least one batch, has none',
  );
  await expect(quantizeWeights(mlp(), { bits: 5 as 4 })).rejects.toThrow(
    'Weights must have 2, 3, 4 or 8 bits',
  );
  const { model } = await quantizeWeights(mlp());
  await expect(quantizeWeights(model)).rejects.toThrow('The model must be a float one, is already quantized');
  const none = build(({ b }) => b.output(b.op('Relu', [b.input('x', 'float32', [4])]), 'y'));
  await expect(quantizeWeights(none)).rejects.toThrow(
    'The model must have float32 weights of at least 256 numbers',
  );
});

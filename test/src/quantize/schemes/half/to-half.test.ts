import { expect, test } from 'vitest';
import { check, halfOf, halfToNumber, type Model, Tensor } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { roundedTwin } from '../../../../../src/quantize/schemes/half/rounded-twin.ts';
import { toHalf } from '../../../../../src/quantize/schemes/index.ts';
import { batches, build, decibels, lenet, optimizedOps, run } from '../../build.ts';
import { correlated, wordFeeds, wordModel } from '../models.ts';

const images = batches([4, 1, 12, 12]);
const casts = (model: Model): number => model.graph.nodes.filter(({ opType }) => opType === 'Cast').length;
const types = (model: Model): string[] =>
  [...model.graph.feeds, ...model.graph.outputs].map(({ dtype }) => dtype!);

test('a network in float16: half the bytes, two casts, inputs and outputs float32', async () => {
  const float = lenet();
  const before = writeModel(float);
  const { model, report } = await toHalf(float, { calibration: images });
  expect(writeModel(float)).toEqual(before);
  check(model);
  expect(casts(model)).toBe(2);
  expect(types(model)).toEqual(['float32', 'float32']);
  expect(report.left).toEqual([]);
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(50);
  expect(report.sizeAfter).toBe(writeModel(model).length);
  expect(report.sizeAfter / report.sizeBefore).toBeLessThan(0.56);
  expect(report.warnings).toEqual([
    expect.stringMatching(/On this machine a run takes .* ms in float16, .* in float32 .*'scores' .* dB/),
  ]);
  for (const { dtype, uses } of model.graph.initializers.values())
    expect(dtype, String(uses[0]?.node.opType)).not.toBe('float32');
});

test('inputs and outputs in float16, without a cast', async () => {
  const { model, report } = await toHalf(lenet(), { calibration: images, keepIoTypes: false });
  expect(types(model)).toEqual(['float16', 'float16']);
  expect(casts(model)).toBe(0);
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(50);
  check(model);
});

test('a model in float16 stays one: the casts that are there keep their names', async () => {
  const { model: once } = await toHalf(lenet());
  const { model: twice } = await toHalf(once);
  const names = twice.graph.nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const { scores: expected } = await run(once, images[0]!);
  expect((await run(twice, images[0]!)).scores!.toNumbers()).toEqual(expected!.toNumbers());
});

test('noise is measured with every value rounded to float16, which onnxruntime leaves out', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [3, 8]);
    const small = b.op('Mul', [x, b.scalar(2e-5)]);
    b.output(b.op('Mul', [b.op('Add', [small, weight('c', [8], 1e-4)]), weight('w', [8])]), 'y');
  });
  const [feeds] = correlated([3, 8], 1);
  const twin = roundedTwin(float, new Set(float.graph.nodes.map(({ name }) => name)));
  const { y } = await run(twin, feeds!);
  const round = (n: number) => halfToNumber(halfOf(n));
  const [c, w] = ['c', 'w'].map((name) => float.graph.initializers.get(name)!.tensor!.toNumbers().map(round));
  const expected = feeds!.x!.toNumbers().map((x, i) => {
    const small = round(round(x) * round(2e-5));
    return round(round(small + c![i % 8]!) * w![i % 8]!);
  });
  expect(y!.toNumbers()).toEqual(expected);
  const { report } = await toHalf(float, { calibration: [feeds!], minSqnr: 0 });
  expect(report.outputs[0]!.sqnr).toBeCloseTo(decibels((await run(float, feeds!)).y!, y!), 2);
});

test('values beyond 65504 make a float32 island, seen on calibration data', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    const large = b.op('Mul', [b.op('MatMul', [x, weight('w', [16, 16])]), b.scalar(3e5)]);
    const back = b.op('Mul', [b.op('Transpose', [large], { perm: [0, 1] }), b.scalar(1e-4)]);
    b.output(b.op('MatMul', [back, weight('v', [16, 16])]), 'y');
  });
  const feeds = correlated([8, 16]);
  const blind = await toHalf(float);
  expect(blind.report.left).toEqual([]);
  const { model, report } = await toHalf(float, { calibration: feeds });
  expect(report.left.map(({ op }) => op)).toEqual(['Mul', 'Transpose', 'Mul']);
  expect(report.left[0]!.reason).toMatch(/reaches .* on the calibration data, float16 ends at 65504/);
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(50);
  expect(casts(model)).toBe(4);
});

test('subnormal weights and nodes that lose too much stay float32', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    const tiny = b.op('Mul', [b.op('MatMul', [x, weight('tiny', [16, 16], 1e-7)]), b.scalar(1e6)]);
    const near = b.op('Sub', [b.op('Add', [x, b.scalar(500)]), b.scalar(500)]);
    b.output(b.op('Add', [near, tiny]), 'y');
  });
  const { report } = await toHalf(float, { calibration: correlated([8, 16]) });
  const [matMul, ...rest] = report.left;
  expect(matMul!.reason).toMatch(
    /its weight 'tiny' has an SQNR of .* dB in float16: 100 % of its numbers are below 6.1e-5/,
  );
  const reasons = Object.fromEntries(rest.map(({ op, reason }) => [op, reason]));
  expect(reasons.Sub).toMatch(/^in float16 its output has an SQNR of/);
  expect(reasons.Add).toMatch(/^in float16 Sub '.*' makes an SQNR of .* dB of its output/);
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(40);
});

test('operators without float16, constants beyond it, exclusion by name', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 8]);
    const c = b.op('Celu', [b.op('MatMul', [x, weight('w', [8, 8])])]);
    const masked = b.op('Max', [
      c,
      b.initializer('mask', Tensor.of('float32', [-1e9, -1, -1, -1, -1, -1, -1, -1])),
    ]);
    b.output(b.op('MatMul', [masked, weight('v', [8, 8])]), 'y');
  });
  const last = float.graph.nodes.at(-1)!.name;
  const { model, report } = await toHalf(float, { exclude: [last] });
  expect(report.left.map(({ op, reason }) => `${op}: ${reason}`)).toEqual([
    'Celu: ONNX defines it for float32 only',
    'MatMul: excluded by name',
  ]);
  expect(report.warnings).toEqual([
    "1 numbers of 'mask' are beyond 65504, the largest float16, and become that",
  ]);
  const [feeds] = correlated([4, 8], 1);
  const [exact, half] = [await run(float, feeds!), await run(model, feeds!)];
  expect(decibels(exact.y!, half.y!)).toBeGreaterThan(50);
});

test.each([
  ['float16', 65],
  ['bfloat16', 40],
] as const)('%s in the file alone: onnxruntime computes what the float model does', async (type, least) => {
  const { model, report } = await toHalf(lenet(), { type, form: 'storage', calibration: images });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(least);
  expect(report.sizeAfter / report.sizeBefore).toBeLessThan(0.56);
  expect(await optimizedOps(model)).toEqual(await optimizedOps(lenet()));
  check(model);
});

test('an embedding and an LSTM in float16', async () => {
  const { model, report } = await toHalf(wordModel(), { calibration: wordFeeds() });
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(50);
  expect(report.left).toEqual([]);
  expect(casts(model)).toBe(1);
});

test('names the mistake', async () => {
  await expect(toHalf(lenet(), { type: 'bfloat16', form: 'compute' })).rejects.toThrow(
    'A model in bfloat16 must be of the form storage: onnxruntime has no bfloat16 kernels on CPUs',
  );
  const none = build(({ b }) => b.output(b.op('Celu', [b.input('x', 'float32', [4])]), 'y'));
  await expect(toHalf(none)).rejects.toThrow(
    /The model must have nodes that can compute in float16, has none: Celu '.*': ONNX defines it for float32 only/,
  );
  await expect(toHalf(none, { form: 'storage' })).rejects.toThrow('float32 constants of at least 64 numbers');
});

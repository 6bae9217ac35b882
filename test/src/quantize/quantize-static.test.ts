import { expect, test } from 'vitest';
import { writeModel } from '../../../src/onnx/index.ts';
import { fixShapes } from '../../../src/passes/index.ts';
import { quantizeStatic, quantizeWeights } from '../../../src/quantize/index.ts';
import { metricOf, type Samples } from '../../../src/quantize/search/index.ts';
import type { Progress } from '../../../src/report.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import { targetOf } from '../../../src/targets/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';
import { batches, build, decibels, lenet, run } from './build.ts';
import { described } from './described.ts';

const digits = batches([8, 1, 12, 12]);

test('gives nearly the same scores from a quarter of the weights, and leaves the model alone', async () => {
  const float = lenet();
  const before = writeModel(float);
  const { model, report } = await described(quantizeStatic(float, digits));
  expect(writeModel(float)).toEqual(before);
  expect(report.sizeBefore).toBe(before.length);
  expect(report.sizeAfter).toBe(writeModel(model).length);
  const feeds = batches([64, 1, 12, 12], 1)[0]!;
  const [exact, rounded] = [await run(float, feeds), await run(model, feeds)];
  expect(decibels(exact.scores!, rounded.scores!)).toBeGreaterThan(25);
  expect(Object.keys(rounded)).toEqual(['scores']);
  const types = (m: typeof float) => [...m.graph.inputs, ...m.graph.outputs].map(String);
  expect(types(model)).toEqual(types(float));
});

test('reports the noise that the two models really have', async () => {
  const float = lenet();
  const { model, report } = await described(quantizeStatic(float, digits.slice(0, 1)));
  const [exact, rounded] = [await run(float, digits[0]!), await run(model, digits[0]!)];
  const expected = decibels(exact.scores!, rounded.scores!);
  expect(report.outputs[0]!.sqnr).toBeCloseTo(expected, 4);
  expect(report.tensors.find((tensor) => tensor.name === 'scores')!.sqnr).toBeCloseTo(expected, 4);
  const kinds = report.tensors.map((tensor) => tensor.kind);
  expect(kinds.filter((kind) => kind === 'weight')).toHaveLength(4);
  expect(report.tensors.find((tensor) => tensor.name === 'c2w')).toMatchObject({ scales: 16, zeroPoint: 0 });
});

test('fewer bits make more noise', async () => {
  const noise = async (options: Parameters<typeof quantizeStatic>[2]) =>
    (await described(quantizeStatic(lenet(), digits, options))).report.tensors.find((t) => t.name === 'c2w')!
      .sqnr;
  const [full, reduced, perTensor] = [
    await noise({}),
    await noise({ reduceRange: true }),
    await noise({ perChannel: false }),
  ];
  expect(full - reduced).toBeGreaterThan(4);
  expect(full).toBeGreaterThan(perTensor);
});

test('7-bit weights cannot saturate on any CPU, and a loss on this one is warned of', async () => {
  const saturating = async (reduceRange: boolean) => {
    const { outputs, warnings } = (await described(quantizeStatic(lenet(), digits, { reduceRange }))).report;
    const loss = outputs[0]!.sqnr - outputs[0]!.sqnrHere;
    expect(warnings.some((warning) => warning.includes('saturate'))).toBe(loss > 3);
    return loss;
  };
  expect(Math.abs(await saturating(true))).toBeLessThan(1);
  await saturating(false);
});

test('pooling and reshaping share the scale of their input', async () => {
  const { model } = await quantizeStatic(lenet(), digits);
  const pools = model.graph.nodes.filter((node) => node.opType === 'MaxPool' || node.opType === 'Flatten');
  expect(pools).toHaveLength(3);
  for (const node of pools) {
    const [before, after] = [node.input(0).producer!, node.output().uses[0]!.node];
    expect(after.opType).toBe('QuantizeLinear');
    expect([after.input(1), after.input(2)]).toEqual([before.input(1), before.input(2)]);
  }
});

test('Conv and Relu have nothing between them', async () => {
  const { model } = await quantizeStatic(lenet(), digits);
  for (const node of model.graph.nodes.filter((n) => n.opType === 'Conv'))
    expect(node.output().uses.map((use) => use.node.opType)).toEqual(['Relu']);
});

test('weights that two nodes share become one int8 constant each, the float one goes', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 4, 5, 5]);
    const w = weight('w', [4, 4, 1, 1]);
    const bias = weight('bias', [4], 1);
    b.output(b.op('Conv', [b.op('Conv', [x, w, bias]), w, bias]), 'y');
  });
  const feeds = batches([2, 4, 5, 5]);
  const { model } = await quantizeStatic(float, feeds);
  expect(
    [...model.graph.initializers.values()].filter((v) => v.dtype === 'float32' && v.shape!.length > 1),
  ).toEqual([]);
  const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!)];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(30);
});

test.each([[[]], [[1]], [[1, 4]], [[4]]])(
  'a Gemm bias of shape %j is one number a channel',
  async (shape) => {
    const float = build(({ b, weight }) => {
      const x = b.input('x', 'float32', ['N', 8]);
      b.output(b.op('Gemm', [x, weight('w', [8, 4]), weight('bias', shape, 2)]), 'y');
    });
    const feeds = batches([4, 8]);
    const { model, report } = await described(quantizeStatic(float, feeds, { reduceRange: true }));
    expect(report.left).toEqual([]);
    const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
    expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(25);
  },
);

test('progress and abort', async () => {
  const progress: Progress[] = [];
  await quantizeStatic(lenet(), digits, { batches: 3, onProgress: (p) => progress.push(p) });
  expect(progress.map((p) => `${p.done}/${p.total}`)).toEqual(['1/3', '2/3', '3/3']);
  const controller = new AbortController();
  const stopped = quantizeStatic(lenet(), digits, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopped).rejects.toThrow(/abort/);
});

test('names the mistake', async () => {
  await expect(quantizeStatic(lenet(), [])).rejects.toThrow(
    'The calibration set must have at least one batch, has none',
  );
  const hopeless = build(({ b }) => b.output(b.op('Exp', [b.input('x', 'float32', [4])]), 'y'));
  await expect(quantizeStatic(hopeless, [])).rejects.toThrow(
    /Nothing in the model can be quantized. Exp '.*': operator Exp has no quantization rule/,
  );
  const infinite = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [2, 4]);
    b.output(b.op('Gemm', [b.op('Log', [b.op('Sub', [x, x])]), weight('w', [4, 4])]), 'y');
  });
  await expect(quantizeStatic(infinite, batches([2, 4]))).rejects.toThrow(/Value 'Log_.*' must be finite/);
});

test('weights in Constant nodes leave no float copy behind', async () => {
  const float = lenet();
  const [{ model }, expected] = [
    await quantizeStatic(withConstantNodes(float), digits),
    await quantizeStatic(float, digits),
  ];
  expect(model.graph.nodes.some((node) => node.opType === 'Constant')).toBe(false);
  expect(writeModel(model).length).toBe(writeModel(expected.model).length);
});

test('a quantized model is refused as such, whatever scheme wrote it', async () => {
  const { model } = await quantizeStatic(lenet(), digits.slice(0, 1));
  await expect(quantizeStatic(model, digits)).rejects.toThrow(/is already quantized: it has .*Linear '/);
  const { model: packed } = await quantizeWeights(lenet(), { bits: 4 });
  await expect(quantizeStatic(packed, digits)).rejects.toThrow(
    /is already quantized: it has .*MatMulNBits '/,
  );
});

test('a batch of weight matrices gets one scale, which the int8 kernel takes', async () => {
  const float = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [3, 4, 8]);
    b.output(b.op('MatMul', [x, weight('w', [3, 8, 5])]), 'y');
  });
  const feeds = batches([3, 4, 8]);
  const { model, report } = await described(quantizeStatic(float, feeds, { reduceRange: true }));
  expect(report.tensors.find((tensor) => tensor.name === 'w')!.scales).toBe(1);
  const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(25);
});

test('what a target refuses whatever is quantized is told before calibration, with the line that mends it', async () => {
  const untouched = {
    [Symbol.asyncIterator]: () => {
      throw new Error('nothing is to be calibrated');
    },
  };
  await expect(quantizeStatic(lenet(), untouched, { target: targetOf('edgetpu') })).rejects.toThrow(
    /^Coral Edge TPU would refuse .* x: all its sizes must be numbers, .* --fix x=1x1x12x12$/,
  );
});

test.each(['int8', 'uint8'] as const)(
  'of %s in few bits only what computes is clipped',
  async (activations) => {
    const { model, report } = await described(
      quantizeStatic(lenet(), digits, { activations, activationBits: 5 }),
    );
    const clips = model.graph.nodes.filter(({ opType }) => opType === 'Clip');
    expect(clips.map((clip) => clip.input(0).producer?.opType)).toEqual([
      undefined,
      'Relu',
      'Relu',
      'Relu',
      'Gemm',
    ]);
    expect(report.outputs[0]!.sqnrHere).toBeGreaterThan(10);
    const largest = (await run(model, digits[0]!)).scores!.toNumbers();
    expect(new Set(largest).size).toBeLessThanOrEqual(32);
  },
);

test('a model of a fixed batch is run at that, however large', async () => {
  const fixed = fixShapes(lenet(), { dims: { N: 20 } });
  const { report } = await described(quantizeStatic(fixed, batches([20, 1, 12, 12], 1)));
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(25);
});

test('of a model that stays float as a whole nobody says that its sums saturate', async () => {
  const many = Array.from({ length: 250 }, () => batches([64, 1, 12, 12], 1)[0]!);
  const limit = { maxDrop: 1e-3, metric: metricOf('fidelity'), samples: samplesIn(many, 64) };
  const { report } = await described(
    quantizeStatic(lenet(), digits, { weightBits: 2, activationBits: 2, limit }),
  );
  expect(report.quantizedNodes).toBe(0);
  expect(report.warnings.filter((warning) => /saturate/.test(warning))).toEqual([]);
});

const samplesIn = (feeds: readonly Feeds[], batchSize: number): Samples => ({
  count: feeds.length * batchSize,
  async *batches() {
    for (const batch of feeds) yield { feeds: batch };
  },
});

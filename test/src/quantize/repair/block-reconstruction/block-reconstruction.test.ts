import { expect, test } from 'vitest';
import type { Model, Value } from '../../../../../src/ir/index.ts';
import { emit } from '../../../../../src/quantize/index.ts';
import {
  blockReconstruction,
  type ReconstructionProgress,
} from '../../../../../src/quantize/repair/block-reconstruction/index.ts';
import { batches, build } from '../../build.ts';
import { encoded, outputSqnr } from '../few-bits.ts';

const shape = [16, 2, 8, 8];
const feeds = batches(shape, 6);
const [calibration, unseen] = [feeds.slice(0, 4), feeds.slice(4)];
const pads = { pads: [1, 1, 1, 1] };

/** A stem, a residual block with pooling behind it, and a dense layer. */
const residual = (): Model =>
  build(({ b, weight }) => {
    const conv = (x: Value, name: string, to: number, from: number) =>
      b.op('Conv', [x, weight(`${name}w`, [to, from, 3, 3]), weight(`${name}b`, [to])], pads);
    const stem = b.op('Relu', [conv(b.input('x', 'float32', ['N', 2, 8, 8]), 'stem', 8, 2)]);
    const inner = conv(b.op('Relu', [conv(stem, 'c1', 8, 8)]), 'c2', 8, 8);
    const pooled = b.op('MaxPool', [b.op('Relu', [b.op('Add', [inner, stem])])], {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
    const flat = b.op('Flatten', [pooled]);
    b.output(b.op('Gemm', [flat, weight('fw', [128, 5]), weight('fb', [5])]), 'y');
  });

const quick = { calibration, iterations: 120, batchSize: 8, learningRate: 0.1 };
const bits = { weights: 3, activations: 4 };

test('rounds the weights of a residual block together and moves activation scales', async () => {
  const subject = await encoded(residual(), calibration, bits);
  const before = await outputSqnr(subject, unseen);
  const { encodings, report } = await blockReconstruction(subject, quick);
  const gain = (await outputSqnr({ ...subject, encodings }, unseen)) - before;
  expect(gain).toBeGreaterThan(2);
  expect(report.warnings).toEqual([]);
  expect(report.rows.map(({ op }) => op)).toEqual(['Conv', 'block', 'Gemm']);
  for (const { before, after, changed } of report.rows as readonly Record<string, number>[]) {
    expect(after).toBeLessThan(before!);
    expect(changed).toBeGreaterThan(0);
  }
  const moved = [...encodings.activations].filter(
    ([name, { scale }]) => scale !== subject.encodings.activations.get(name)!.scale,
  );
  expect(moved.length).toBeGreaterThan(2);
  for (const [name, { scale, zeroPoint }] of moved) {
    const old = subject.encodings.activations.get(name)!;
    expect(zeroPoint).toBe(old.zeroPoint);
    expect(Math.abs(scale / old.scale - 1)).toBeLessThan(0.5);
  }
  for (const [name, { weight, integers }] of encodings.weights) {
    expect(weight.scales).toBe(subject.encodings.weights.get(name)!.weight.scales);
    expect(Math.max(...weight.tensor.toNumbers().map(Math.abs))).toBeLessThanOrEqual(integers.max);
  }
  expect(emit(subject.float, encodings).model.graph.nodes.length).toBeGreaterThan(10);
});

test('without a rate the scales stay, and the same seed gives the same', async () => {
  const subject = await encoded(residual(), calibration, bits);
  const options = { ...quick, iterations: 20, scaleRate: 0 };
  const [a, b] = [await blockReconstruction(subject, options), await blockReconstruction(subject, options)];
  expect(a.encodings.activations).toStrictEqual(subject.encodings.activations);
  expect(a.encodings).toStrictEqual(b.encodings);
});

test('errors weighted by the Fisher information: outputs get closer, other roundings are chosen', async () => {
  const subject = await encoded(residual(), calibration, bits);
  // A last batch of another size is left out.
  const odd = batches([5, ...shape.slice(1)], 1);
  const options = { ...quick, calibration: [...calibration, ...odd] };
  const { encodings, report } = await blockReconstruction(subject, { ...options, fisher: true });
  expect(report.warnings).toEqual([]);
  const gain = (await outputSqnr({ ...subject, encodings }, unseen)) - (await outputSqnr(subject, unseen));
  expect(gain).toBeGreaterThan(2);
  const plain = await blockReconstruction(subject, quick);
  expect(encodings.weights).not.toStrictEqual(plain.encodings.weights);
});

test('goes on behind the blocks that an interrupted run had done', async () => {
  const subject = await encoded(residual(), calibration, bits);
  const options = { ...quick, iterations: 10 };
  const whole = await blockReconstruction(subject, options);
  const stop = new AbortController();
  let resume: ReconstructionProgress | undefined;
  const onBlock = (progress: ReconstructionProgress) => {
    resume = progress;
    if (progress.blocks === 2) stop.abort(new Error('stopped'));
  };
  await expect(blockReconstruction(subject, { ...options, onBlock, signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
  const resumed = await blockReconstruction(subject, { ...options, resume: resume! });
  expect(resumed.encodings).toStrictEqual(whole.encodings);
  expect(resumed.report.rows).toStrictEqual(whole.report.rows);
});

test('bad options are named', async () => {
  const subject = await encoded(residual(), calibration, bits);
  await expect(blockReconstruction(subject, { calibration, drop: 1 })).rejects.toThrow(
    "The 'drop' of block reconstruction must be a number from 0 to below 1, was 1",
  );
});

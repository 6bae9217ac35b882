import { expect, test } from 'vitest';
import { Model } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import type { Progress } from '../../../src/report.ts';
import { cpus, Simulator, simulate, simulateAll } from '../../../src/simulate/index.ts';
import { batches, lenet, run } from '../quantize/build.ts';
import { randomGraph } from './random-graphs.ts';

const digits = batches([2, 1, 12, 12]);
const { model } = await quantizeStatic(lenet(), digits);

test('gives inner values by name, and batch after batch with progress', async () => {
  const seen: Progress[] = [];
  const results = [];
  const options = {
    cpu: 'exact',
    fetches: ['x_quantized'],
    batches: 3,
    onProgress: (p: Progress) => seen.push(p),
  };
  for await (const outputs of simulateAll(model, digits, options)) results.push(outputs);
  expect(results).toHaveLength(3);
  expect(results[0]!.x_quantized).toMatchObject({ dtype: 'uint8', shape: [2, 1, 12, 12] });
  expect(results[0]!.scores).toMatchObject({ dtype: 'float32', shape: [2, 10] });
  expect(seen.at(-1)).toMatchObject({ done: 3, total: 3 });
});

test('every processor stays near the operators as ONNX defines them', async () => {
  const feeds = digits[0]!;
  const expected = (await run(model, feeds)).scores!.toNumbers();
  const step = Math.max(...expected.map(Math.abs)) / 127;
  for (const cpu of Object.keys(cpus)) {
    const scores = (await simulate(model, feeds, { cpu })).scores!.toNumbers();
    const largest = Math.max(...scores.map((score, i) => Math.abs(score - expected[i]!)));
    // Some steps of the output's 8 bits; where sums saturate, more.
    expect(largest, cpu).toBeLessThan((cpu === 'avx2' ? 60 : 4) * step);
  }
});

test('leaves the model as it was', async () => {
  const before = writeModel(model);
  await simulate(model, digits[0]!);
  expect(writeModel(model)).toEqual(before);
});

test('says what is wrong: no integers, no such processor, value or feed', async () => {
  await expect(simulate(lenet(), digits[0]!)).rejects.toThrow(
    /must compute with 8-bit integers.*quantize it first/,
  );
  await expect(simulate(model, digits[0]!, { cpu: 'avx3' })).rejects.toThrow("Did you mean 'avx2'?");
  await expect(simulate(model, digits[0]!, { fetches: ['x_quantised'], cpu: 'exact' })).rejects.toThrow(
    "Did you mean 'x_quantized'?",
  );
  await expect(simulate(model, {})).rejects.toThrow("The model needs input 'x', fed were: none");
});

test('says what it takes from this machine or from another rule', async () => {
  const softmax = randomGraph('softmax', 0).model;
  const warningsOn = async (graph: Model, cpu: string) => {
    const simulator = await Simulator.create(graph, { cpu });
    await simulator.release();
    return simulator.warnings;
  };
  expect(await warningsOn(model, 'tflite')).toEqual([]);
  expect(await warningsOn(softmax, 'vnni')).toEqual([]);
  expect(await warningsOn(softmax, 'tflite')).toEqual([
    "onnxruntime's rule computes 1 QLinearSoftmax node: 'tflite' has one of its own that is not simulated",
  ]);
  const b = createBuilder();
  b.output(b.op('MatMulInteger', [b.input('x', 'uint8', [1, 2]), b.input('w', 'int8', [2, 2])]), 'y');
  const q = b.op('DequantizeLinear', [b.input('q', 'uint8', [2]), b.scalar(1), b.constant('uint8', [0], [])]);
  b.output(q, 'real');
  expect(await warningsOn(new Model(b.graph), 'avx2')).toEqual([
    "This machine's kernels multiply the integers of 1 MatMulInteger node: what 'avx2' makes of them is not simulated",
  ]);
});

test('stops when it is told to', async () => {
  const simulator = await Simulator.create(model);
  await expect(simulator.run(digits[0]!, AbortSignal.abort())).rejects.toThrow('aborted');
  await simulator.release();
});

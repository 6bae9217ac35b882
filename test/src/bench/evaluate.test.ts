import { expect, test } from 'vitest';
import { evaluate } from '../../../src/bench/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { displaySymbol, type Progress } from '../../../src/report.ts';
import { flattenModel, onnxFile } from './onnx-file.ts';

/** Three-pixel pictures; the highest pixel is the prediction of a model that passes pixels through. */
const dataset = new Dataset({
  name: 'pixels',
  sampleShape: [1, 1, 3],
  classNames: ['left', 'middle', 'right'],
  splits: {
    test: {
      images: Uint8Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9, 9, 0, 0, 5, 5, 0),
      labels: Uint8Array.of(0, 1, 2, 2, 1),
    },
  },
  normalization: { scale: 1, mean: [0], std: [1] },
});

test('counts what is right and wrong per class', async () => {
  const result = await evaluate(flattenModel('N', 3), dataset, { batchSize: 2 });
  expect([...result.predictions]).toEqual([0, 1, 2, 0, 0]);
  expect(result.confusion).toEqual([
    [1, 0, 0],
    [1, 1, 0],
    [1, 0, 1],
  ]);
  expect(result.accuracy).toBe(3 / 5);
  expect(result.data).toBe('pixels test 5');
  expect(result.perClass).toEqual([
    { name: 'left', count: 1, recall: 1, precision: 1 / 3 },
    { name: 'middle', count: 2, recall: 1 / 2, precision: 1 },
    { name: 'right', count: 2, recall: 1 / 2, precision: 1 },
  ]);
  const bundle = await result[displaySymbol]();
  expect(bundle['text/plain']).toContain('60.00 % of 5 test samples right');
});

test('cross-entropy is the same from logits and from probabilities', async () => {
  const logits = await evaluate(flattenModel('N', 3), dataset);
  const expected = -[
    [9, 0, 0, 0],
    [0, 9, 0, 1],
    [0, 0, 9, 2],
    [9, 0, 0, 2],
    [5, 5, 0, 1],
  ].reduce((sum, [a, b, c, label]) => {
    const e = [a!, b!, c!].map(Math.exp);
    return sum + Math.log(e[label!]! / (e[0]! + e[1]! + e[2]!)) / 5;
  }, 0);
  expect(logits.loss).toBeCloseTo(expected, 5);
  const probabilities = await evaluate(flattenModel('N', 3, 'Softmax'), dataset);
  expect(probabilities.loss).toBeCloseTo(expected, 3);
});

test('a fixed batch gets a padded tail, and all samples count', async () => {
  const fixed = await evaluate(flattenModel(2, 3), dataset);
  expect([...fixed.predictions]).toEqual([0, 1, 2, 0, 0]);
});

test('limit, progress and abort', async () => {
  const progress: Progress[] = [];
  const controller = new AbortController();
  const limited = await evaluate(flattenModel('N', 3), dataset, {
    limit: 3,
    batchSize: 2,
    onProgress: (p) => progress.push(p),
  });
  expect(limited.count).toBe(3);
  expect(progress.map((p) => `${p.done}/${p.total}`)).toEqual(['2/3', '3/3']);
  const stopped = evaluate(flattenModel('N', 3), dataset, {
    batchSize: 1,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopped).rejects.toThrow(/abort/);
});

test('names what does not fit', async () => {
  await expect(evaluate(flattenModel('N', 4), dataset)).rejects.toThrow(
    "Input 'pixels' must be float32 [batch, 1, 1, 3] for samples of pixels, is float32 [N, 1, 1, 4]",
  );
  const shapeless = onnxFile({
    inputs: { pixels: ['N', 1, 1, 3] },
    outputs: { scores: ['N', 1, 1, 3] },
    nodes: [{ opType: 'Relu', input: ['pixels'], output: ['scores'] }],
  });
  await expect(evaluate(shapeless, dataset)).rejects.toThrow(
    "Output 'scores' must be float32 [batch, 3] for the classes of pixels, is float32 [N, 1, 1, 3]",
  );
  const two = onnxFile({
    inputs: { a: ['N', 1, 1, 3], b: ['N', 1, 1, 3] },
    outputs: { scores: ['N', 1, 1, 3] },
    nodes: [{ opType: 'Add', input: ['a', 'b'], output: ['scores'] }],
  });
  await expect(evaluate(two, dataset)).rejects.toThrow('this model has inputs a, b and outputs scores');
  await expect(evaluate(flattenModel('N', 3), dataset, { split: 'tset' })).rejects.toThrow(
    "Did you mean 'test'?",
  );
});

test('a sample whose scores are NaN counts as wrong, and the report says so', async () => {
  const images = Float32Array.of(Number.NaN, 0, 0, 0, 9, 0);
  const { sampleShape, classNames, normalization } = dataset;
  const splits = { test: { images, labels: Uint8Array.of(0, 1) } };
  const broken = new Dataset({ name: 'broken', sampleShape, classNames, normalization, splits });
  const result = await evaluate(flattenModel('N', 3), broken);
  expect([...result.predictions]).toEqual([-1, 1]);
  expect(result.accuracy).toBe(1 / 2);
  expect(result.perClass[0]).toEqual({ name: 'left', count: 1, recall: 0, precision: null });
  expect(result.warnings).toEqual([
    "The model's scores of 1 of 2 samples are not numbers (NaN): they count as wrong",
  ]);
});

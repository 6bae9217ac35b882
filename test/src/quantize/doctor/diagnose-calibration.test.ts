import { expect, test } from 'vitest';
import { Tensor } from '../../../../src/ir/index.ts';
import { diagnoseCalibration } from '../../../../src/quantize/index.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { build } from '../build.ts';
import { feedsOf, folded, noise, trainedOnWaves, waves } from './trained.ts';

const model = await trainedOnWaves();
const found = async (...options: Parameters<typeof diagnoseCalibration>) =>
  (await diagnoseCalibration(...options)).findings.map(({ check }) => check);

test('samples like those of training, and enough of them, are fine', async () => {
  const diagnosis = await diagnoseCalibration(model, feedsOf(waves(128, 7)));
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.warnings).toEqual([]);
  expect(diagnosis.samples).toBe(128);
});

// ultralytics#25231: a handful of images of something else calibrated a detector, mAP50 fell from 0.548 to 0.069.
test('a handful of samples of another kind: said before anything is quantized', async () => {
  const handful = feedsOf(noise(4), (x) => x ** 6);
  expect(await found(model, handful)).toContain('out-of-domain');
  const few = waves(4, 9).map((x, i) => (i < 144 ? x : x / (1 + Math.floor(i / 144))));
  expect(await found(folded(), feedsOf(few))).toContain('too-few-samples');
});

test('bytes where the model was trained on 0 to 1', async () => {
  const bytes = feedsOf(waves(64, 7), (x) => Math.round(255 * x));
  const { title, warnings, findings } = await diagnoseCalibration(model, bytes);
  expect(title).toMatch(/ to 5 %\. Found wrong: unnormalized-input$/);
  // Another scale explains all else: the data are not called foreign as well.
  expect(findings.map(({ check }) => check)).toEqual(['unnormalized-input']);
  expect(warnings[0]).toMatch(/'BatchNormalization_\d+' sees numbers 2[45]\d times as spread/);
  expect(warnings[0]).toContain("'x' has 0 to 255");
  // Without batch normalization in the model it takes the training data's normalization, or the look of bytes.
  expect(await found(folded(), bytes)).toEqual(['unnormalized-input']);
  const normalization = { scale: 1 / 255, mean: [0], std: [1] };
  expect(await found(folded(), bytes, { normalization })).toEqual(['unnormalized-input']);
  expect(await found(folded(), feedsOf(waves(64, 7)), { normalization })).toEqual([]);
});

test('without batch normalization it says what was not looked at', async () => {
  const standard = { scale: 1, mean: [0.5], std: [0.35] };
  const alike = feedsOf(waves(64, 7), (x) => (x - 0.5) / 0.35);
  const { warnings, findings } = await diagnoseCalibration(folded(), alike, { normalization: standard });
  expect(findings).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^Not checked whether .* only the input's mean and deviation against the normalization/,
    ),
  ]);
  const other = feedsOf(waves(64, 7), (x) => 20 * x + 5);
  expect(await found(folded(), other, { normalization: standard })).toEqual(['unnormalized-input']);
  const unknown = await diagnoseCalibration(folded(), alike);
  expect(unknown.warnings[0]).toContain('nor is the normalization of training known');
});

test('the chosen samples, and the first ones, give the ranges of all', async () => {
  const data = waves(64, 7);
  const { sufficient, rows } = await diagnoseCalibration(model, feedsOf(data), { tolerance: 0.02 });
  expect(sufficient.subset.length).toBeLessThan(30);
  const picked = new Float32Array(
    sufficient.subset.flatMap((i) => [...data.subarray(i * 144, (i + 1) * 144)]),
  );
  const again = await diagnoseCalibration(model, feedsOf(picked));
  const first = await diagnoseCalibration(model, feedsOf(data.subarray(0, sufficient.inOrder * 144)));
  for (const [i, row] of rows.entries()) {
    const { min, max } = row as { min: number; max: number };
    for (const other of [again.rows[i], first.rows[i]] as { min: number; max: number }[]) {
      expect(other.min).toBeLessThanOrEqual(min + 0.0201 * (max - min));
      expect(other.max).toBeGreaterThanOrEqual(max - 0.0201 * (max - min));
    }
  }
});

test('shows a table, two charts and what batch normalization remembers', async () => {
  const diagnosis = await diagnoseCalibration(model, feedsOf(waves(32, 7)));
  const text = String((await diagnosis[displaySymbol]())['text/plain']);
  expect(text).toContain('Calibration with 32 samples: the first ');
  expect(text).toContain('Part of the final range (%)');
  expect(text).toContain('Samples that set the extremes');
  expect(text).toContain('Against the memory of batch normalization');
  expect(diagnosis.charts.length).toBe(4);
  const subset = diagnosis.sufficient.subset.join(', ');
  expect(text).toContain(`Samples that give the same ranges alone: ${diagnosis.sufficient.subset.length}`);
  expect(text).toContain(subset.slice(0, 60));
});

test('values that do not fall into samples are named', async () => {
  const summed = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 144]);
    const y = b.op('ReduceSum', [x, b.int64s([0])], { keepdims: 1 });
    y.name = 'over-the-batch';
    b.output(b.op('MatMul', [y, weight('w', [144, 4])]), 'y');
  });
  const x = Tensor.of('float32', waves(8), [8, 144]);
  const { rows, warnings } = await diagnoseCalibration(summed, [{ x }]);
  expect(rows.map((row) => row.value)).not.toContain('over-the-batch');
  expect(warnings.at(-1)).toContain("Nothing is said of 'over-the-batch'");
});

test('one sample, an abort, a tolerance that is none, no batches', async () => {
  expect(await found(model, feedsOf(waves(1)))).toContain('too-few-samples');
  const aborted = diagnoseCalibration(model, feedsOf(waves(8)), { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toThrow('aborted');
  await expect(diagnoseCalibration(model, [], { tolerance: 5 })).rejects.toThrow(
    'The tolerance must be a part of a range, above 0 and below 1, was 5',
  );
  await expect(diagnoseCalibration(model, [])).rejects.toThrow('at least one batch');
});

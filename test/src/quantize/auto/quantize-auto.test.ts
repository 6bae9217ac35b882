import { expect, test } from 'vitest';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { AutoReport, quantizeAuto, quantizeStatic } from '../../../../src/quantize/index.ts';
import type { EncodingsRepair } from '../../../../src/quantize/repair/index.ts';
import { type Progress, Report } from '../../../../src/report.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { batches, lenet, run } from '../build.ts';
import { described } from '../described.ts';

const calibration = batches([20, 1, 12, 12], 3);

/** SQNR in dB on the last fifth of each batch, by runs of our own. */
async function heldBackSqnr(float: Model, quantized: Model): Promise<number> {
  let [signal, noise] = [0, 0];
  for (const { x } of calibration) {
    const feeds: Feeds = {
      x: Tensor.of('float32', (x!.data as Float32Array).slice(16 * 144), [4, 1, 12, 12]),
    };
    const exact = (await run(float, feeds)).scores!.data as Float32Array;
    const rounded = (await run(quantized, feeds, { exact: false })).scores!.data as Float32Array;
    exact.forEach((y, i) => {
      signal += y * y;
      noise += (y - rounded[i]!) ** 2;
    });
  }
  return 10 * Math.log10(signal / noise);
}

const autoReport = (parts: readonly Report[]) => parts.find((part) => part instanceof AutoReport)!;

/** A repair that makes everything worse: scales that are eight times too large. */
const spoiling: EncodingsRepair = {
  stage: 'encodings',
  name: 'spoiling',
  summary: 'coarser scales',
  async run({ encodings }) {
    const activations = new Map(
      [...encodings.activations].map(([name, one]) => [name, { ...one, scale: 8 * one.scale }]),
    );
    return {
      encodings: { ...encodings, activations },
      report: new Report({ title: 'spoiled', columns: [], rows: [] }),
    };
  },
};

test('takes what is better on samples that were held back, and tells what that is', async () => {
  const float = lenet();
  const { model, report } = await described(quantizeAuto(float, calibration));
  const { tried, chosen, samples, title, finished } = autoReport(report.parts);
  expect(samples).toBe(12);
  expect(tried[0]!.name).toBe('default');
  const best = tried.find(({ name }) => name === chosen)!;
  expect(best.sqnr).toBeGreaterThan(tried[0]!.sqnr!);
  expect(finished.sqnr).toBeGreaterThan(best.sqnr! - 0.05);
  expect(finished.sqnr).toBeCloseTo(await heldBackSqnr(float, model), 3);
  expect(title).toContain(`auto took '${chosen}'`);
});

test('keeps the default where everything else is worse', async () => {
  const float = lenet();
  const { model, report } = await described(quantizeAuto(float, calibration, { repairs: [spoiling] }));
  const { tried, chosen, title } = autoReport(report.parts);
  expect(chosen).toBe('default');
  expect(tried.length).toBeGreaterThan(1);
  expect(tried[1]!.sqnr).toBeLessThan(tried[0]!.sqnr! - 3);
  expect(title).toMatch(/nothing else was better/);
  const plain = await quantizeStatic(float, calibration);
  expect(await heldBackSqnr(float, model)).toBeCloseTo(await heldBackSqnr(float, plain.model), 6);
});

test('layers stay float where noise dominates; ranges are searched once, and once more at the end', async () => {
  const searches: number[] = [];
  const onProgress = ({ done, message }: Progress) => {
    if (message === 'search of ranges' && done === 1) searches.push(done);
  };
  const narrow = { weightBits: 3, activationBits: 4, onProgress } as const;
  const { report } = await described(quantizeAuto(lenet(), calibration, narrow));
  expect(searches.length).toBe(2);
  const names = autoReport(report.parts).tried.map(({ name }) => name);
  expect(names.join()).toMatch(/up to 15 % of MACs float/);
});

test('too few samples to hold any back, and data that end after one pass, are refused', async () => {
  const few = [batches([2, 1, 12, 12], 1)[0]!];
  await expect(quantizeAuto(lenet(), few)).rejects.toThrow(/at least 5 samples/);
  const once = calibration.values();
  await expect(quantizeAuto(lenet(), once)).rejects.toThrow(/gone through again/);
});

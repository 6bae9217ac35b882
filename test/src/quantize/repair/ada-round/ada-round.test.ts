import { expect, test } from 'vitest';
import { emit } from '../../../../../src/quantize/index.ts';
import { type AdaRoundProgress, adaRound } from '../../../../../src/quantize/repair/ada-round/ada-round.ts';
import { batches, lenet } from '../../build.ts';
import { encoded, outputSqnr } from '../few-bits.ts';

const feeds = batches([32, 1, 12, 12], 6);
const [calibration, unseen] = [feeds.slice(0, 4), feeds.slice(4)];
const quick = { calibration, iterations: 200, rows: 512 };

test.each([
  ['a scale a channel', true],
  ['one scale', false],
])('outputs on unseen data are closer than those of nearest rounding, %s', async (_, perChannel) => {
  const subject = await encoded(lenet('Clip'), calibration, { weights: 3, perChannel });
  const before = await outputSqnr(subject, unseen);
  const { encodings, report } = await adaRound(subject, quick);
  const after = await outputSqnr({ ...subject, encodings }, unseen);
  expect(after - before).toBeGreaterThan(3);
  expect(report.rows).toHaveLength(4);
  for (const row of report.rows) expect(row.after).toBeLessThanOrEqual(row.before as number);
  for (const [name, { weight, integers, bias }] of encodings.weights) {
    const old = subject.encodings.weights.get(name)!;
    weight.scales.forEach((scale, i) => {
      expect(scale).toBeLessThanOrEqual(old.weight.scales[i]!);
    });
    expect(bias).toHaveLength(old.bias!.length);
    expect(Math.max(...weight.tensor.toNumbers().map(Math.abs))).toBeLessThanOrEqual(integers.max);
  }
});

test('with one candidate scales stay and each weight is rounded to one of its two neighbours', async () => {
  const subject = await encoded(lenet('Clip'), calibration, { weights: 3 });
  const { encodings } = await adaRound(subject, { ...quick, candidates: 1 });
  const gain = (await outputSqnr({ ...subject, encodings }, unseen)) - (await outputSqnr(subject, unseen));
  expect(gain).toBeGreaterThan(3);
  for (const [name, { weight, integers }] of encodings.weights) {
    const old = subject.encodings.weights.get(name)!;
    expect(weight.scales).toBe(old.weight.scales);
    const steps = weight.tensor.toNumbers().map((q, i) => Math.abs(q - old.weight.tensor.toNumbers()[i]!));
    expect(Math.max(...steps)).toBe(1);
    expect(Math.max(...weight.tensor.toNumbers().map(Math.abs))).toBeLessThanOrEqual(integers.max);
  }
});

test('the model that is written holds the chosen integers', async () => {
  const subject = await encoded(lenet(), calibration);
  const { encodings } = await adaRound(subject, { ...quick, iterations: 20 });
  const { graph } = emit(subject.float, encodings).model;
  for (const { weight } of encodings.weights.values()) {
    const written = [...graph.initializers.values()].some(
      ({ tensor }) => tensor && Buffer.from(tensor.bytes).equals(weight.tensor.bytes),
    );
    expect(written).toBe(true);
  }
});

test('goes on behind the layers that an interrupted run had done', async () => {
  const subject = await encoded(lenet(), calibration);
  const whole = await adaRound(subject, { ...quick, iterations: 30 });
  const stop = new AbortController();
  let kept: AdaRoundProgress | undefined;
  const onLayer = (progress: AdaRoundProgress) => {
    kept = progress;
    if (progress.rows.length === 2) stop.abort(new Error('stopped'));
  };
  const options = { ...quick, iterations: 30, onLayer, signal: stop.signal };
  await expect(adaRound(subject, options)).rejects.toThrow('stopped');
  expect(kept!.weights.size).toBe(2);
  const seen: number[] = [];
  const resumed = await adaRound(subject, {
    ...{ ...quick, iterations: 30, resume: kept! },
    onProgress: ({ done, total }) => seen.push(done / total),
  });
  expect(resumed.encodings).toStrictEqual(whole.encodings);
  expect(resumed.report.rows).toStrictEqual(whole.report.rows);
  expect(Math.min(...seen)).toBeGreaterThan(0.5);
  expect(seen.at(-1)).toBe(1);
});

test('bad options are named', async () => {
  const subject = await encoded(lenet(), calibration);
  await expect(adaRound(subject, { calibration, iterations: 0 })).rejects.toThrow(
    "AdaRound's 'iterations' must be a whole number of 1 or more, was 0",
  );
  await expect(adaRound(subject, { calibration, learningRate: -1 })).rejects.toThrow(
    "AdaRound's 'learningRate' must be a number above 0, was -1",
  );
  await expect(adaRound(subject, { calibration: [] })).rejects.toThrow('at least one batch');
});

import { expect, test } from 'vitest';
import { Tensor } from '../../../../../src/ir/index.ts';
import { seqMse } from '../../../../../src/quantize/repair/seq-mse/index.ts';
import { dequantize, quantize } from '../../../../../src/quantize/scale.ts';
import { batches, build, lenet } from '../../build.ts';
import { encoded, outputSqnr } from '../few-bits.ts';

test('takes the best of all scales of one layer, channel by channel', async () => {
  const weights = Float32Array.from({ length: 12 }, (_, i) => (i < 2 ? 2 - i : Math.sin(5 * i) / 3));
  const model = build(({ b }) => {
    const w = b.initializer('w', Tensor.of('float32', weights, [6, 2]));
    b.output(b.op('MatMul', [b.input('x', 'float32', ['N', 6]), w]), 'y');
  });
  // Numbers that 8 bits hold exactly, so that the rows are these.
  const rows = Array.from({ length: 40 }, (_, r) =>
    Array.from({ length: 6 }, (_, k) => (k === 0 ? 0 : ((r * 37 + k * 91) % 256) / 255)),
  );
  rows[0]![1] = 1;
  const feeds = [{ x: Tensor.of('float32', rows.flat(), [40, 6]) }];
  const subject = await encoded(model, feeds, { weights: 4 });
  const { encodings } = await seqMse(subject, { calibration: feeds });
  const [name, { weight }] = [...encodings.weights][0]!;
  const { scales } = subject.encodings.weights.get(name)!.weight;
  for (const channel of [0, 1]) {
    const errorAt = (scale: number) => {
      const affine = { scale, zeroPoint: 0 };
      const error = Array.from({ length: 6 }, (_, k) => {
        const w = weights[2 * k + channel]!;
        return dequantize(quantize(w, affine, { min: -7, max: 7 }), affine) - w;
      });
      return rows.reduce((sum, row) => sum + row.reduce((y, x, k) => y + x * error[k]!, 0) ** 2, 0);
    };
    const candidates = Array.from({ length: 20 }, (_, i) => Math.fround(scales[channel]! * ((i + 1) / 20)));
    const best = candidates.toSorted((a, b) => errorAt(a) - errorAt(b))[0]!;
    expect(weight.scales[channel]! / best).toBeCloseTo(1, 5);
  }
  // The largest weight of the first channel meets only zeros: there is nothing to gain from holding it.
  expect(weight.scales[0]! / scales[0]!).toBeLessThan(0.5);
});

test.each([
  ['a scale a channel', true],
  ['one scale', false],
])('outputs on unseen data are closer than with the largest weights held, %s', async (_, perChannel) => {
  const feeds = batches([16, 1, 12, 12], 6);
  const calibration = feeds.slice(0, 4);
  const subject = await encoded(lenet(), calibration, { weights: 3, perChannel });
  const { encodings, report } = await seqMse(subject, { calibration });
  const unseen = feeds.slice(4);
  const gain = (await outputSqnr({ ...subject, encodings }, unseen)) - (await outputSqnr(subject, unseen));
  expect(gain).toBeGreaterThan(1);
  for (const row of report.rows) expect(row.after).toBeLessThanOrEqual(row.before as number);
  for (const [name, { weight }] of encodings.weights)
    expect(weight.scales).toHaveLength(subject.encodings.weights.get(name)!.weight.scales.length);
});

test('bad options are named', async () => {
  const feeds = batches([4, 1, 12, 12], 1);
  const subject = await encoded(lenet(), feeds);
  await expect(seqMse(subject, { calibration: feeds, candidates: 0 })).rejects.toThrow(
    "The 'candidates' of seq-mse must be a whole number of 1 or more, was 0",
  );
});

import { expect, test } from 'vitest';
import { quantizeStatic } from '../../../../src/quantize/index.ts';
import { batches, build, lenet } from '../build.ts';
import { described } from '../described.ts';

const feeds = batches([16, 1, 12, 12], 4);

test('a model that is good enough is left alone', async () => {
  const { report } = await described(quantizeStatic(lenet(), feeds, { minSqnr: 10 }));
  expect(report.left).toEqual([]);
  expect(report.parts).toEqual([]);
});

test('as much stays float as the SQNR takes, and the report says what', async () => {
  const coarse = { weightBits: 4, activationBits: 5 } as const;
  const before = await described(quantizeStatic(lenet(), feeds, coarse));
  const wanted = before.report.outputs[0]!.sqnr + 6;
  const { report } = await described(quantizeStatic(lenet(), feeds, { ...coarse, minSqnr: wanted }));
  expect(report.outputs[0]!.sqnr).toBeGreaterThan(wanted - 1.5);
  expect(report.left.length).toBeGreaterThan(0);
  expect(report.quantizedNodes).toBeGreaterThan(0);
  expect(report.parts[0]!.title).toMatch(/units stay float .* predicted SQNR/);
});

test('what is noisy for few products goes first', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const c = b.op('Relu', [b.op('Conv', [x, weight('w', [8, 1, 3, 3]), weight('wb', [8])])]);
    // The outlier costs the scale of the sum and of nothing else.
    const shift = weight('shift', [8, 10, 10], 0.1);
    (shift.tensor!.data as Float32Array)[0] = 60;
    const flat = b.op('Flatten', [b.op('Add', [c, shift])]);
    const head = weight('head', [800, 10], 0.1);
    (head.tensor!.data as Float32Array).fill(0, 0, 10);
    b.output(b.op('Gemm', [flat, head, weight('hb', [10])]), 'scores');
  });
  const { report } = await described(quantizeStatic(model, feeds, { minSqnr: 30 }));
  const [part] = report.parts;
  expect(part!.rows[0]).toMatchObject({ op: 'Add' });
});

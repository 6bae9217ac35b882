import { expect, test } from 'vitest';
import { dequantizeGrouped } from '../../../../../src/quantize/schemes/grouped/grouped-weight.ts';
import type { IntegerFormat } from '../../../../../src/quantize/schemes/grouped/integer-format.ts';
import { roundToNearest } from '../../../../../src/quantize/schemes/grouped/round-to-nearest.ts';
import { gptq, layerSqnr } from '../../../../../src/quantize/schemes/weight-only/gptq.ts';
import { inverseFactor } from '../../../../../src/quantize/schemes/weight-only/inverse-factor.ts';
import { correlatedLayer } from './correlated-layer.ts';

const layer = correlatedLayer({ channels: 16, inputs: 64, samples: 400 });

const formats: IntegerFormat[] = ([2, 3, 4, 8] as const).flatMap((bits) =>
  [true, false].flatMap((symmetric) => [
    { bits, symmetric },
    { bits, symmetric, group: 16 },
  ]),
);

test.each(formats)('format %j: less error at the layer output than rounding to nearest', async (format) => {
  const { matrix, hessian } = layer;
  const nearest = layerSqnr(matrix, dequantizeGrouped(roundToNearest(matrix, format)), hessian);
  for (const actOrder of [true, false]) {
    const ours = await gptq(matrix, hessian, { format, actOrder });
    expect(layerSqnr(matrix, dequantizeGrouped(ours), hessian)).toBeGreaterThan(nearest + 2);
  }
});

test('the SQNR from the Hessian is that of the outputs themselves', () => {
  const { matrix, hessian, activations } = layer;
  const rounded = dequantizeGrouped(roundToNearest(matrix, { bits: 4, symmetric: true }));
  let [signal, noise] = [0, 0];
  for (const x of activations)
    for (let channel = 0; channel < matrix.channels; channel++) {
      const output = (w: Float32Array) => x.reduce((sum, a, i) => sum + a * w[channel * x.length + i]!, 0);
      const exact = output(matrix.values);
      signal += exact ** 2;
      noise += (exact - output(rounded)) ** 2;
    }
  expect(layerSqnr(matrix, rounded, hessian)).toBeCloseTo(10 * Math.log10(signal / noise), 6);
});

test('independent inputs of one size leave nothing to make up for: the nearest integers', async () => {
  const { matrix } = layer;
  const values = new Float64Array(64 * 64);
  for (let i = 0; i < 64; i++) values[i * 65] = 3;
  const format: IntegerFormat = { bits: 4, symmetric: false, group: 32 };
  const { integers } = await gptq(matrix, { size: 64, values }, { format });
  expect(integers).toEqual(roundToNearest(matrix, format).integers);
});

test('an input that is always 0 keeps its nearest integers', async () => {
  const { matrix, hessian } = layer;
  const values = hessian.values.map((h, i) => (i % 64 === 5 || Math.floor(i / 64) === 5 ? 0 : h));
  const format: IntegerFormat = { bits: 4, symmetric: true };
  const { integers } = await gptq(matrix, { size: 64, values }, { format });
  const nearest = roundToNearest(matrix, format).integers;
  for (let channel = 0; channel < 16; channel++)
    expect(integers[channel * 64 + 5]).toBe(nearest[channel * 64 + 5]);
});

test('the factor gives the inverse of the Hessian', async () => {
  const { size, values } = layer.hessian;
  const u = await inverseFactor({ size, values });
  for (const i of [0, 17, 63])
    for (const j of [0, 17, 63]) {
      // (H U^T U)_ij
      let sum = 0;
      for (let k = 0; k < size; k++)
        for (let m = 0; m < size; m++) sum += values[i * size + m]! * u[k * size + m]! * u[k * size + j]!;
      expect(sum).toBeCloseTo(i === j ? 1 : 0, 6);
    }
  await expect(inverseFactor({ size: 2, values: Float64Array.of(1, 2, 2, 1) })).rejects.toThrow(
    'The Hessian must be positive definite',
  );
});

import { expect, test } from 'vitest';
import { meanMinMax } from '../../../../src/quantize/index.ts';
import { random } from '../../../../src/random.ts';

test('is the mean over samples, however they are put into batches', () => {
  const { normal } = random(1);
  const samples = Array.from({ length: 12 }, () => Float32Array.from({ length: 50 }, normal));
  const mean = (of: (...numbers: number[]) => number) =>
    samples.reduce((sum, sample) => sum + of(...sample), 0) / 12;
  for (const size of [1, 2, 3, 4, 6, 12]) {
    const observer = meanMinMax('x');
    for (let i = 0; i < 12; i += size) {
      const batch = samples.slice(i, i + size).flatMap((sample) => [...sample]);
      observer.observe(Float32Array.from(batch), size);
    }
    expect(observer.range().min).toBeCloseTo(mean(Math.min), 12);
    expect(observer.range().max).toBeCloseTo(mean(Math.max), 12);
  }
});

test('one outlier moves it by 1/n', () => {
  const observer = meanMinMax('x');
  for (let i = 0; i < 99; i++) observer.observe(Float32Array.of(0, 1));
  observer.observe(Float32Array.of(0, 101));
  expect(observer.range()).toEqual({ min: 0, max: 2 });
});

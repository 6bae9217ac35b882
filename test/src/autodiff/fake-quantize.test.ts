import { describe, expect, test } from 'vitest';
import { standardKernels } from '../../../src/autodiff/index.ts';
import { roundHalfEven } from '../../../src/quantize/index.ts';
import { channelOf, type FakeCase, fakeCases } from '../../support/fake-quantization-cases.ts';
import { fakeStep } from '../../support/fake-quantization-step.ts';

/** The factor that LSQ gives the gradient of a scale, by the paper. */
const lsqFactor = ({ shape, scales, isWeight, zeroPoints, min, max }: FakeCase): number => {
  const count = shape.slice(isWeight ? 0 : 1).reduce((a, b) => a * b, 1) / scales.length;
  return 1 / Math.sqrt(count * Math.max(...zeroPoints.flatMap((zero) => [max - zero, zero - min])));
};

/** What ONNX and the paper define, element by element; `size` is that of all terms of `ds` together. */
function defined(fake: FakeCase): { y: number[]; dx: number[]; ds: number[]; size: number } {
  const ds = fake.scales.map(() => 0);
  let size = 0;
  const parts = fake.x.map((x, i) => {
    const c = channelOf(fake, i);
    const [scale, zero, dy] = [fake.scales[c]!, fake.zeroPoints[c]!, fake.dy[i]!];
    const integer = roundHalfEven(x / scale) + zero;
    const limited = Math.min(Math.max(integer, fake.min), fake.max);
    const inside = limited === integer;
    const term = dy * (limited - zero - (inside ? x / scale : 0));
    ds[c]! += term;
    size += Math.abs(term) * lsqFactor(fake);
    return { y: (limited - zero) * scale, dx: inside ? dy : 0 };
  });
  return {
    y: parts.map(({ y }) => y),
    dx: parts.map(({ dx }) => dx),
    ds: ds.map((d) => d * lsqFactor(fake)),
    size,
  };
}

describe('training computes integers, the gradient through them and that of their scale', () => {
  test.each(fakeCases)('$name', async (fake) => {
    const expected = defined(fake);
    const { y, dx, ds } = await fakeStep(fake, standardKernels);
    expect(y).toEqual(expected.y);
    expect(dx.map((d) => d + 0)).toEqual(expected.dx);
    const beyond = dx.filter((d) => d === 0).length;
    expect(beyond).toBeGreaterThan(0.05 * dx.length);
    expect(beyond).toBeLessThan(0.6 * dx.length);
    for (const [i, d] of ds.entries())
      expect(Math.abs(d - expected.ds[i]!)).toBeLessThan(1e-6 * expected.size);
  });
});

/** A staircase is straight over whole steps, so that differences over them are those of the line that it approximates. */
test.each(fakeCases)('the gradient equals finite differences over whole steps: $name', async (fake) => {
  const steps = fake.max - fake.min > 16 ? 16 : 1;
  const moved = async (sign: number): Promise<readonly number[]> => {
    const x = fake.x.map((value, i) => value + sign * steps * fake.scales[channelOf(fake, i)]!);
    return (await fakeStep({ ...fake, x }, standardKernels)).y;
  };
  const [up, down] = [await moved(1), await moved(-1)];
  const { dx } = await fakeStep({ ...fake, dy: fake.dy.map(() => 1) }, standardKernels);
  let compared = 0;
  for (const [i, x] of fake.x.entries()) {
    const c = channelOf(fake, i);
    const ratio = x / fake.scales[c]! + fake.zeroPoints[c]!;
    const isHalf = Math.abs(ratio - Math.floor(ratio) - 0.5) < 1e-6;
    const nearEnd = [fake.min, fake.max].some((end) => Math.abs(ratio - end) < steps + 0.5);
    if (isHalf || (nearEnd && steps < fake.max - fake.min)) continue;
    const slope = (up[i]! - down[i]!) / (2 * steps * fake.scales[c]!);
    expect(dx[i]).toBeCloseTo(slope, 5);
    compared++;
  }
  if (fake.max - fake.min > 6) expect(compared).toBeGreaterThan(0.2 * fake.x.length);
});

test.each(fakeCases)('beyond the range that of the scale equals finite differences: $name', async (fake) => {
  const far = (_: number, i: number): number => {
    const c = channelOf(fake, i);
    return (i % 2 ? 3 : -3) * (fake.max - fake.min) * fake.scales[c]!;
  };
  const beyond = { ...fake, x: fake.x.map(far) };
  const { ds, dx } = await fakeStep(beyond, standardKernels);
  expect(dx.every((d) => d === 0)).toBe(true);
  const value = async (factor: number, channel: number): Promise<number> => {
    const scales = fake.scales.map((scale, c) => (c === channel ? scale * factor : scale));
    const { y } = await fakeStep({ ...beyond, scales }, standardKernels);
    return y.reduce((sum, number, i) => sum + number * fake.dy[i]!, 0);
  };
  for (const [c, scale] of fake.scales.entries()) {
    const slope = ((await value(1.25, c)) - (await value(0.75, c))) / (0.5 * scale);
    const tolerance = 1e-4 * (1 + Math.abs(slope));
    expect(Math.abs(ds[c]! / lsqFactor(fake) - slope)).toBeLessThan(tolerance);
  }
});

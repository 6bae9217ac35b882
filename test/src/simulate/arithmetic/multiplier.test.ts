import { describe, expect, test } from 'vitest';
import { random } from '../../../../src/random.ts';
import { doublyRounded, fixedPoint, singlyRounded } from '../../../../src/simulate/arithmetic/multiplier.ts';

/** gemmlowp's SaturatingRoundingDoublingHighMul and RoundingDivideByPOT, in integers of any size. */
function reference(x: number, mantissa: number, shift: number): number {
  const product = BigInt(x) * 2n ** BigInt(Math.max(shift, 0)) * BigInt(mantissa);
  const nudge = product >= 0n ? 2n ** 30n : 1n - 2n ** 30n;
  // BigInt division cuts towards zero, as C's does.
  const high = (product + nudge) / 2n ** 31n;
  const power = 2n ** BigInt(Math.max(-shift, 0));
  const half = power / 2n;
  const away = high < 0n ? -((-high + half) / power) : (high + half) / power;
  return Number(shift < 0 ? away : high);
}

/** One rounding, half up. */
function single(x: number, mantissa: number, shift: number): number {
  const bits = BigInt(31 - shift);
  return Number((BigInt(x) * BigInt(mantissa) + 2n ** (bits - 1n)) >> bits);
}

/** 32-bit integers: small ones, large ones, and multiples of powers of two, whose products end in a half. */
function integers(count: number): number[] {
  const { uniform, integer } = random(9);
  return Array.from({ length: count }, () => {
    const sign = uniform() < 0.5 ? -1 : 1;
    return sign * Math.floor(uniform() * 2 ** (4 + integer(26))) * (uniform() < 0.3 ? 2 : 1);
  });
}

describe('a product with a fixed-point number', () => {
  const { uniform, integer } = random(3);
  const cases = integers(4000).map((x) => {
    const mantissa =
      uniform() < 0.3 ? 2 ** 30 + 2 ** 29 * integer(2) : 2 ** 30 + Math.floor(uniform() * 2 ** 30);
    return { x, mantissa, shift: -integer(20) };
  });

  test('rounds twice as gemmlowp does', () => {
    for (const { x, mantissa, shift } of cases)
      expect([x, mantissa, shift, doublyRounded(x, { mantissa, shift })]).toEqual([
        ...[x, mantissa, shift],
        reference(x, mantissa, shift),
      ]);
    expect(doublyRounded(1000, { mantissa: 2 ** 30, shift: 3 })).toBe(reference(1000, 2 ** 30, 3));
  });

  test('rounds once with the other build, which differs', () => {
    let different = 0;
    for (const { x, mantissa, shift } of cases) {
      const once = singlyRounded(x, { mantissa, shift });
      expect([x, mantissa, shift, once]).toEqual([x, mantissa, shift, single(x, mantissa, shift)]);
      if (once !== doublyRounded(x, { mantissa, shift })) different++;
    }
    expect(different).toBeGreaterThan(0);
  });
});

test('a real number becomes 31 bits and a power of two', () => {
  expect(fixedPoint(0.5)).toEqual({ mantissa: 2 ** 30, shift: 0 });
  expect(fixedPoint(1)).toEqual({ mantissa: 2 ** 30, shift: 1 });
  expect(fixedPoint(3 / 4096)).toEqual({ mantissa: 1.5 * 2 ** 30, shift: -10 });
  // Rounds up to 2^31, which is the next power of two.
  expect(fixedPoint(1 - 2 ** -40)).toEqual({ mantissa: 2 ** 30, shift: 1 });
  expect(fixedPoint(2 ** -40)).toEqual({ mantissa: 0, shift: 0 });
  const { uniform } = random(1);
  for (let i = 0; i < 1000; i++) {
    const real = 2 ** (20 * (uniform() - 0.7));
    const { mantissa, shift } = fixedPoint(real);
    expect(Math.abs(mantissa * 2 ** (shift - 31) - real) / real).toBeLessThan(2 ** -31);
    expect(mantissa).toBeGreaterThanOrEqual(2 ** 30);
  }
  expect(() => fixedPoint(2 ** 15)).toThrow(/between 0 and 2\^14/);
});

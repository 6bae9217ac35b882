import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { calibrationMethods, observerOf } from '../../../../src/quantize/index.ts';
import { random } from '../../../../src/random.ts';

test('the list has every observer of its folder, each in the file of its name', () => {
  const shared = ['index', 'extremes-observer', 'histogram-observer'];
  const files = readdirSync('src/quantize/observers').map((file) => file.replace('.ts', ''));
  const own = files.filter((file) => !shared.includes(file));
  expect(calibrationMethods.map(({ name }) => name).toSorted()).toEqual(own.toSorted());
});

test('an unknown method', () => {
  expect(() => observerOf('entropie')).toThrow(
    "Unknown calibration method 'entropie'. Did you mean 'entropy'?",
  );
});

describe.each(calibrationMethods.map(({ name }) => name))('%s', (method) => {
  const { normal } = random(7);
  const batches = Array.from({ length: 6 }, (_, i) =>
    Float32Array.from({ length: 400 }, () => normal() * 2 ** i),
  );
  const whole = observerOf(method)('x');
  for (const batch of batches) whole.observe(batch, 4);

  test.each([0, 1, 3, 6])('goes on from JSON after %d batches as if it had not stopped', (cut) => {
    const first = observerOf(method)('x');
    for (const batch of batches.slice(0, cut)) first.observe(batch, 4);
    const second = observerOf(method)('x', JSON.parse(JSON.stringify(first.save())));
    for (const batch of batches.slice(cut)) second.observe(batch, 4);
    expect(second.range()).toEqual(whole.range());
  });

  test('a range holds 0 or lies within what was seen', () => {
    const { min, max } = whole.range();
    const all = batches.flatMap((batch) => [...batch]);
    expect(min).toBeGreaterThanOrEqual(Math.min(...all));
    expect(max).toBeLessThanOrEqual(Math.max(...all));
    expect(min).toBeLessThan(max);
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %d and names the value', (bad) => {
    expect(() => observerOf(method)('relu_3').observe(Float32Array.of(0, bad))).toThrow(
      `Value 'relu_3' must be finite on the calibration data, was ${bad}`,
    );
  });

  test('refuses what another method saved', () => {
    const saved = { ...whole.save(), kind: 'other' };
    expect(() => observerOf(method)('x', saved)).toThrow(
      `The saved calibration of 'x' must be of method '${method}', is of 'other'`,
    );
  });

  test('has no range of no numbers', () => {
    const observer = observerOf(method)('x');
    observer.observe(new Float32Array(0));
    expect(() => observer.range()).toThrow("Value 'x' must have numbers on the calibration data, had none");
  });
});

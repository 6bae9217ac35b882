import { expect, test } from 'vitest';
import { fourier, magnitudes } from '../../../../src/data/audio/fourier.ts';
import { type SpectrumOptions, soundFormat, spectrumInto } from '../../../../src/data/index.ts';
import { random } from '../../../../src/random.ts';
import golden from '../../../fixtures/data/tf-signal.json' with { type: 'json' };

/** The sound of test/fixtures/data/make.py. */
const sound = Float32Array.from({ length: 16_000 }, (_, t) => {
  const sweep = 0.25 * Math.sin((2 * Math.PI * (200 + 0.05 * t) * t) / 16_000);
  return 0.5 * Math.sin((2 * Math.PI * 440 * t) / 16_000) + sweep + 0.1 * Math.cos((t * t) / 9973);
});

test.each([2, 8, 256])('a transform of %d points is the sum of its definition', (size) => {
  const source = random(size);
  const signal = Array.from({ length: size - 1 }, () => source.normal());
  magnitudes(signal, fourier(size)).forEach((value, k) => {
    let [re, im] = [0, 0];
    signal.forEach((x, i) => {
      re += x * Math.cos((2 * Math.PI * k * i) / size);
      im -= x * Math.sin((2 * Math.PI * k * i) / size);
    });
    expect(value).toBeCloseTo(Math.hypot(re, im), 9);
  });
});

interface Case {
  readonly name: keyof typeof golden;
  readonly sound: Float32Array;
  readonly rate: number;
  readonly options: Parameters<typeof soundFormat>[1];
}

const cases: Case[] = [
  { name: 'mlperf', sound, rate: 16_000, options: {} },
  {
    name: 'other',
    sound: sound.subarray(0, 8000),
    rate: 8000,
    options: { window: 32, stride: 12.5, bands: 20, low: 100, high: 3800, coefficients: 13 },
  },
];

test.each(cases)('features of $name are those of TensorFlow', ({ name, sound, rate, options }) => {
  const { frames, logMel, mfcc } = golden[name];
  for (const [features, wanted] of [
    ['log-mel', logMel],
    ['mfcc', mfcc],
  ] as const) {
    const { format, sampleShape } = soundFormat(rate, { ...options, features });
    const out = new Float32Array(format.size);
    spectrumInto(out, sound, format.spectrum);
    const width = sampleShape[2]!;
    expect(wanted[0]).toHaveLength(width);
    frames.forEach((frame, row) => {
      wanted[row]!.forEach((value, i) => {
        expect(Math.abs(out[frame * width + i]! - value)).toBeLessThan(1e-4);
      });
    });
  }
});

test('the defaults are the shape of MLPerf Tiny', () => {
  expect(soundFormat(16_000, {}).sampleShape).toEqual([1, 49, 10]);
  expect(soundFormat(16_000, { features: 'wave', seconds: 0.5 }).sampleShape).toEqual([1, 8000]);
});

test('a wave passes as it is', () => {
  const { spectrum } = soundFormat(8000, { features: 'wave', seconds: 1 }).format;
  const out = new Float32Array(3);
  spectrumInto(out, Float32Array.of(1, 2, 3), spectrum satisfies SpectrumOptions);
  expect([...out]).toEqual([1, 2, 3]);
});

test('options that fit neither each other nor the rate are named', () => {
  expect(() => soundFormat(6000, {})).toThrow('between 0 and 3000 Hz');
  expect(() => soundFormat(16_000, { seconds: 0.01 })).toThrow('A window of 30 ms must fit');
  expect(() => soundFormat(16_000, { coefficients: 41 })).toThrow('as many coefficients as mel bands, 40');
});

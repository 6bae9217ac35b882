import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { openDataset, soundFormat, spectrumInto } from '../../../../src/data/index.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { folderOf } from '../image/pictures.ts';
import { wav } from './wav-file.ts';

const tone = (hertz: number, samples: number): number[] =>
  Array.from({ length: samples }, (_, t) => 0.5 * Math.sin((2 * Math.PI * hertz * t) / 8000));

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});
const words = (more = {}): string => {
  const root = folderOf({
    'no/a.wav': wav(tone(300, 8000), { bits: 16, rate: 8000 }),
    'yes/a.wav': wav(tone(900, 3000), { bits: 32, float: true, rate: 8000 }),
    'yes/b.wav': wav(tone(900, 12_000), { bits: 24, rate: 8000 }),
    '_background_noise_/hum.wav': wav(tone(50, 99), { bits: 16, rate: 8000 }),
    ...more,
  });
  roots.push(root);
  return root;
};

test('a folder of sounds for each word becomes features; short ones end in silence, long ones are cut', async () => {
  const data = await openDataset(words(), { features: 'log-mel', bands: 12 });
  expect([data.classNames, data.sampleShape]).toEqual([
    ['no', 'yes'],
    [1, 49, 12],
  ]);
  const samples = await data.read('train', Uint32Array.of(1, 2));
  const { spectrum, size } = soundFormat(8000, { features: 'log-mel', bands: 12 }).format;
  for (const [i, length] of [3000, 8000].entries()) {
    const sound = new Float32Array(8000);
    sound.set(tone(900, length));
    const wanted = new Float32Array(size);
    spectrumInto(wanted, sound, spectrum);
    samples.subarray(i * size, (i + 1) * size).forEach((value, k) => {
      expect(Math.abs(value - wanted[k]!)).toBeLessThan(1e-2);
    });
  }
  expect((await data[displaySymbol]())['image/png']).toBeDefined();
});

test('peak scales each sound', async () => {
  const data = await openDataset(words(), { features: 'wave', peak: true });
  const sample = Array.from(await data.read('train', Uint32Array.of(0)), Math.abs);
  expect(sample.reduce((a, b) => Math.max(a, b))).toBe(1);
});

test('another rate, and a sound that is not finite, are named', async () => {
  await expect(openDataset(words({ 'yes/c.wav': wav([0, 0], { bits: 16, rate: 44_100 }) }))).rejects.toThrow(
    /c\.wav cannot be read as a sound: it has 44100 samples per second, must have 8000/,
  );
  const root = words({ 'no/0.wav': wav([0, NaN], { bits: 32, float: true, rate: 8000 }) });
  await expect(openDataset(root)).rejects.toThrow(/0\.wav .*must be finite/);
  const data = await openDataset(root, { skipBad: true });
  expect(data.warnings[0]).toContain('1 of 4 files');
  await expect(openDataset(words(), { window: -1 })).rejects.toThrow("'window' must be a number above 0");
});

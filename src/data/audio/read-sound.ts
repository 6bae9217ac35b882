import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { type SpectrumOptions, spectrumInto } from './spectrum.ts';
import { decodeWav } from './wav.ts';

/** How a WAV file becomes a sample of float32. */
export interface SoundFormat {
  readonly kind: 'sound';
  /** Numbers of a sample. */
  readonly size: number;
  /** Samples of the sound that are used: longer ones are cut, shorter ones end in silence. */
  readonly length: number;
  /** Scales each sound so that its loudest sample is 1. */
  readonly peak: boolean;
  readonly spectrum: SpectrumOptions;
}

/** Decodes a WAV file and writes its features to `out`. Throws UsageError that says what is wrong with the file. */
export async function readSound(file: string, format: SoundFormat, out: Float32Array): Promise<void> {
  const { rate, samples } = decodeWav(await readFile(file));
  const { length, spectrum, peak } = format;
  if (rate !== spectrum.rate)
    throw new UsageError(
      `it has ${rate} samples per second, must have ${spectrum.rate}: convert it, for example with sox -r ${spectrum.rate}`,
    );
  if (!samples.every(Number.isFinite))
    throw new UsageError('its samples must be finite numbers, some are not');
  const sound = new Float32Array(length);
  sound.set(samples.subarray(0, length));
  if (peak) scaleToPeak(sound);
  spectrumInto(out, sound, spectrum);
}

/** Silence stays as it is. */
function scaleToPeak(sound: Float32Array): void {
  const peak = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (peak > 0) for (let i = 0; i < sound.length; i++) sound[i]! /= peak;
}

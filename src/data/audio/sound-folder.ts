import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type FolderKind, type FolderOptions, folderDataset } from '../files/folder-dataset.ts';
import type { SoundFormat } from './read-sound.ts';
import { frameCount, type SpectrumOptions } from './spectrum.ts';
import { decodeWav } from './wav.ts';

/** The defaults are those of MLPerf Tiny's keyword spotting: a second at 16 kHz becomes [1, 49, 10]. */
export interface SoundOptions {
  /** `mfcc` (default): [1, frames, coefficients]; `log-mel`: [1, frames, bands]; `wave`: [1, samples]. */
  readonly features?: 'mfcc' | 'log-mel' | 'wave';
  /** Seconds of a sample: longer sounds are cut, shorter ones end in silence. Default 1. */
  readonly seconds?: number;
  /** Length of a window in ms. Default 30. */
  readonly window?: number;
  /** From one window to the next in ms. Default 20. */
  readonly stride?: number;
  /** Mel bands. Default 40. */
  readonly bands?: number;
  /** Lower edge of the lowest band in Hz. Default 20. */
  readonly low?: number;
  /** Upper edge of the highest band in Hz. Default 4000. */
  readonly high?: number;
  /** Of MFCC. Default 10. */
  readonly coefficients?: number;
  /** Scales each sound to a loudest sample of 1. */
  readonly peak?: boolean;
}

export const soundExtensions = ['.wav'];

/**
 * A folder of WAV files, all at the first one's rate, as float32 features, read when they are needed. Throws UsageError
 * for options that fit neither each other nor that rate, and what `labelledFiles` throws.
 */
export function soundFolder(
  place: { readonly folder: string; readonly name: string },
  options: SoundOptions & FolderOptions = {},
): Promise<Dataset> {
  const kind: FolderKind = {
    extensions: soundExtensions,
    async formatOf(file) {
      const { rate } = decodeWav(await readFile(file));
      return soundFormat(rate, options);
    },
  };
  checkOptions(options);
  return folderDataset(place, kind, options);
}

/** Defaults in samples of the rate. Throws UsageError where they do not fit it. */
export function soundFormat(
  rate: number,
  options: SoundOptions,
): { format: SoundFormat; sampleShape: readonly number[] } {
  const { features = 'mfcc', seconds = 1, window = 30, stride = 20, bands = 40 } = options;
  const { low = 20, high = 4000, coefficients = 10, peak = false } = options;
  const spectrum: SpectrumOptions = {
    features,
    rate,
    window: Math.round((window * rate) / 1000),
    stride: Math.round((stride * rate) / 1000),
    bands,
    low,
    high,
    coefficients,
  };
  const length = Math.round(seconds * rate);
  const frames = frameCount(length, spectrum);
  if (features === 'wave')
    return { format: { kind: 'sound', size: length, length, peak, spectrum }, sampleShape: [1, length] };
  if (high > rate / 2 || low >= high)
    throw new UsageError(
      `The mel bands must lie between 0 and ${rate / 2} Hz, half the rate, are from ${low} to ${high} Hz`,
    );
  if (frames < 1) throw new UsageError(`A window of ${window} ms must fit into ${seconds} s`);
  if (coefficients > bands)
    throw new UsageError(
      `There must be at most as many coefficients as mel bands, ${bands}; asked for were ${coefficients}`,
    );
  const width = features === 'mfcc' ? coefficients : bands;
  return {
    format: { kind: 'sound', size: frames * width, length, peak, spectrum },
    sampleShape: [1, frames, width],
  };
}

function checkOptions(options: SoundOptions): void {
  const { seconds = 1, window = 30, stride = 20, bands = 40, coefficients = 10, low = 20 } = options;
  for (const [name, value] of Object.entries({ seconds, window, stride }))
    if (!(value > 0 && value < 1e5)) throw new UsageError(`'${name}' must be a number above 0, was ${value}`);
  for (const [name, value] of Object.entries({ bands, coefficients }))
    if (!Number.isInteger(value) || value < 1 || value > 1024)
      throw new UsageError(`'${name}' must be a whole number from 1 to 1024, was ${value}`);
  if (!(low >= 0)) throw new UsageError(`'low' must be a frequency of 0 Hz or more, was ${low}`);
}

import { type Fourier, fourier, magnitudes } from './fourier.ts';
import { type MelBand, melBands } from './mel.ts';

/** How a sound becomes numbers that a network can tell words by. */
export interface SpectrumOptions {
  /** `log-mel`: [frames, bands]; `mfcc`: [frames, coefficients]; `wave`: the samples themselves. */
  readonly features: 'log-mel' | 'mfcc' | 'wave';
  /** Samples per second. */
  readonly rate: number;
  /** Samples of a window. */
  readonly window: number;
  /** Samples from one window to the next. */
  readonly stride: number;
  readonly bands: number;
  /** In Hz. */
  readonly low: number;
  readonly high: number;
  /** Of the cosine transform that are kept, for `mfcc`. */
  readonly coefficients: number;
}

/** Added before the logarithm, as MLPerf Tiny does. */
const floor = 1e-6;

/** Windows that lie in a sound of so many samples. */
export const frameCount = (samples: number, { window, stride }: SpectrumOptions): number =>
  Math.max(0, Math.floor((samples - window) / stride) + 1);

interface Tables {
  readonly hann: Float64Array;
  readonly transform: Fourier;
  readonly bands: readonly MelBand[];
}

const tables = new Map<string, Tables>();

function tablesOf(options: SpectrumOptions): Tables {
  const key = JSON.stringify(options);
  let made = tables.get(key);
  if (!made) {
    const { window, rate, bands, low, high } = options;
    const size = 2 ** Math.ceil(Math.log2(window));
    made = {
      // Periodic, as scipy's and TensorFlow's for spectra.
      hann: Float64Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window)),
      transform: fourier(size),
      bands: melBands({ bands, bins: size / 2 + 1, rate, low, high }),
    };
    tables.set(key, made);
  }
  return made;
}

/**
 * Log-mel or cepstral features of a sound into `out`, frame by frame: Hann windows, the magnitudes of their DFT at the
 * next power of two, mel bands, natural logarithm of (band + 1e-6), and for `mfcc` the orthonormal-but-for-the-first
 * cosine transform sqrt(2 / bands) * DCT-II. The front end of MLPerf Tiny's keyword spotting (tf.signal's definitions).
 */
export function spectrumInto(out: Float32Array, samples: Float32Array, options: SpectrumOptions): void {
  if (options.features === 'wave') {
    out.set(samples);
    return;
  }
  const { window, stride, features } = options;
  const { hann, transform, bands } = tablesOf(options);
  const frames = frameCount(samples.length, options);
  const width = out.length / frames;
  for (let frame = 0; frame < frames; frame++) {
    const part = samples.subarray(frame * stride, frame * stride + window);
    const spectrum = magnitudes(
      Float64Array.from(part, (value, i) => value * hann[i]!),
      transform,
    );
    const logs = bands.map(({ first, weights }) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * spectrum[first + i]!;
      return Math.log(sum + floor);
    });
    const place = out.subarray(frame * width, (frame + 1) * width);
    if (features === 'mfcc') cosineTransformInto(place, logs);
    else place.set(logs);
  }
}

/** The first coefficients of sqrt(2 / n) * DCT-II, as many as `out` takes. */
function cosineTransformInto(out: Float32Array, values: readonly number[]): void {
  const { length } = values;
  for (let k = 0; k < out.length; k++) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i]! * Math.cos((Math.PI * k * (i + 0.5)) / length);
    out[k] = sum * Math.sqrt(2 / length);
  }
}

/** One triangular band: weights of the spectrum's bins from `first` on. */
export interface MelBand {
  readonly first: number;
  readonly weights: Float64Array;
}

export interface MelOptions {
  readonly bands: number;
  /** Values of the spectrum, from 0 Hz to half the rate. */
  readonly bins: number;
  /** Samples per second. */
  readonly rate: number;
  /** In Hz. */
  readonly low: number;
  readonly high: number;
}

/** HTK's mel scale. */
const toMel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/**
 * Bands of equal width in mel whose triangles rise and fall linearly in mel, each to a peak of 1; the bin at 0 Hz has no
 * part. The same as TensorFlow's `tf.signal.linear_to_mel_weight_matrix`.
 */
export function melBands({ bands, bins, rate, low, high }: MelOptions): MelBand[] {
  const [from, to] = [toMel(low), toMel(high)];
  const edge = (i: number): number => from + ((to - from) * i) / (bands + 1);
  const mels = Float64Array.from({ length: bins }, (_, i) => toMel((i * rate) / 2 / (bins - 1)));
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = [edge(band), edge(band + 1), edge(band + 2)];
    const all = mels.map((mel, bin) =>
      bin === 0 ? 0 : Math.max(0, Math.min((mel - left) / (centre - left), (right - mel) / (right - centre))),
    );
    const first = Math.max(
      0,
      all.findIndex((weight) => weight > 0),
    );
    const last = all.findLastIndex((weight) => weight > 0);
    return { first, weights: all.slice(first, last + 1) };
  });
}

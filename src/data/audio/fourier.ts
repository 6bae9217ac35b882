/** Tables of a discrete Fourier transform of one size, a power of two. */
export interface Fourier {
  readonly size: number;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
  /** Where each input goes: its index with the bits reversed. */
  readonly reversed: Uint32Array;
}

export function fourier(size: number): Fourier {
  const half = size / 2;
  const bits = Math.log2(size);
  return {
    size,
    cosines: Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size)),
    sines: Float64Array.from({ length: half }, (_, i) => Math.sin((2 * Math.PI * i) / size)),
    reversed: Uint32Array.from({ length: size }, (_, i) => {
      let out = 0;
      for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) out |= 1 << (bits - 1 - bit);
      return out;
    }),
  };
}

/** |DFT| of real numbers, zero-padded to the size: its first size / 2 + 1 values. Radix 2, in place (Cooley, Tukey 1965). */
export function magnitudes(
  signal: ArrayLike<number>,
  { size, cosines, sines, reversed }: Fourier,
): Float64Array {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let i = 0; i < Math.min(size, signal.length); i++) real[reversed[i]!] = signal[i]!;
  for (let width = 2; width <= size; width *= 2) {
    const half = width / 2;
    const stride = size / width;
    for (let start = 0; start < size; start += width) {
      for (let k = 0; k < half; k++) {
        const [cosine, sine] = [cosines[k * stride]!, sines[k * stride]!];
        const [low, high] = [start + k, start + k + half];
        const re = real[high]! * cosine + imaginary[high]! * sine;
        const im = imaginary[high]! * cosine - real[high]! * sine;
        real[high] = real[low]! - re;
        imaginary[high] = imaginary[low]! - im;
        real[low]! += re;
        imaginary[low]! += im;
      }
    }
  }
  return Float64Array.from({ length: size / 2 + 1 }, (_, i) => Math.hypot(real[i]!, imaginary[i]!));
}

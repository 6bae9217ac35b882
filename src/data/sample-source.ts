/** Samples as stored, one after the other. */
export type Samples = Uint8Array | Float32Array;

/** Samples that are read when they are needed: the files of a folder, of which memory could not hold all. */
export interface SampleSource {
  readonly size: number;
  /** What the numbers of a sample are. */
  readonly dtype: 'uint8' | 'float32';
  /** The samples at `indices`, one after the other. Rejects with a UsageError that names the one which cannot be read. */
  read(indices: Uint32Array): Promise<Samples>;
}

export const isSource = (images: Samples | SampleSource): images is SampleSource => 'read' in images;

/** The source that has only the samples at `indices` of another. */
export function subsetOf(source: SampleSource, indices: Uint32Array): SampleSource {
  return {
    size: indices.length,
    dtype: source.dtype,
    read: (wanted) => source.read(wanted.map((index) => indices[index]!)),
  };
}

/** Samples of `size` numbers at `indices`, copied. */
export function pick(samples: Samples, indices: Uint32Array, size: number): Samples {
  const out =
    samples instanceof Uint8Array
      ? new Uint8Array(indices.length * size)
      : new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    out.set(samples.subarray(index * size, (index + 1) * size), i * size);
  });
  return out;
}

/** All that the scores of a teacher depend on. */
export interface ScoresKey {
  /** sha256 of the teacher's ONNX bytes, in hexadecimal. */
  readonly teacher: string;
  /** Fingerprint of the data. */
  readonly data: string;
  /** Shape and normalization of what is fed. */
  readonly input: string;
  readonly samples: number;
  /** Samples that are computed together. */
  readonly batch: number;
  /** sha256 of the nodes that compute the scores: the loss decides whether a final activation is one. */
  readonly nodes: string;
}

/** Keeps the scores of a teacher. */
export interface ScoresCache {
  /** What it is called in a report: `'scores.bin'`. Default `the cache`. */
  readonly name?: string;
  /**
   * The scores of the first samples, one after the other, as many as were saved; undefined if there are none under this
   * key. Throws UsageError where it can keep only others.
   */
  load(key: ScoresKey): Promise<Float32Array | undefined>;
  save(key: ScoresKey, scores: Float32Array): Promise<void>;
}

/** Keeps scores in memory. */
export function memoryCache(): ScoresCache {
  const kept = new Map<string, Float32Array>();
  return {
    load: async (key) => kept.get(JSON.stringify(key)),
    save: async (key, scores) => void kept.set(JSON.stringify(key), scores),
  };
}

/** Numbers in [0, 1) from a 32-bit seed, always the same for the same seed (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The indices 0 to `count` - 1 in an order that depends on `seed` alone (Fisher-Yates). */
export function shuffledIndices(count: number, seed: number): Uint32Array {
  const random = mulberry32(seed);
  const indices = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const moved = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = moved;
  }
  return indices;
}

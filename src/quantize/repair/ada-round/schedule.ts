/** How the regularizer of AdaRound grows hard: not at all first, then beta from 20 to 2 along a cosine. */
export interface Annealing {
  readonly iterations: number;
  /** Share of the iterations before the regularizer. */
  readonly warmUp: number;
  readonly beta: { readonly start: number; readonly end: number };
}

export const annealing = (iterations: number): Annealing => ({
  iterations,
  warmUp: 0.2,
  beta: { start: 20, end: 2 },
});

/** beta at an iteration, 0 being the first; undefined during the warm-up. */
export function betaAt({ iterations, warmUp, beta }: Annealing, iteration: number): number | undefined {
  const begin = Math.floor(iterations * warmUp);
  if (iteration < begin) return undefined;
  const progress = (iteration - begin) / Math.max(1, iterations - begin);
  return beta.end + 0.5 * (beta.start - beta.end) * (1 + Math.cos(Math.PI * progress));
}

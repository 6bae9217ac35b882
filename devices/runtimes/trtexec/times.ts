/** One query, in ms. */
export interface TrtexecQuery {
  /** With the copies between host and GPU, where they were made. */
  readonly latency: number;
  /** Of the GPU alone. */
  readonly compute: number;
}

/** Reads the file of `--exportTimes`, which 8.6 to 11.1 write alike; empty for other text. */
export function parseTimes(text: string): TrtexecQuery[] {
  return [...text.matchAll(/\{[^{}]*\}/g)].flatMap(([entry]) => {
    const field = (name: string): number =>
      Number(new RegExp(`"${name}"\\s*:\\s*([-+.\\deE]+)`).exec(entry)?.[1]);
    const query = { latency: field('latencyMs'), compute: field('computeMs') };
    return Number.isFinite(query.latency) && Number.isFinite(query.compute) ? [query] : [];
  });
}

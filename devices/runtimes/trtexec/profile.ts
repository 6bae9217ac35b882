/** What one layer takes. */
export interface TrtexecLayer {
  readonly name: string;
  /** ms of one run, on average. */
  readonly average: number;
  /** ms; absent in early releases of 8. */
  readonly median?: number;
  /** Percent of the whole. */
  readonly percentage: number;
}

export interface TrtexecProfile {
  /** Runs that were profiled. */
  readonly count: number;
  readonly layers: readonly TrtexecLayer[];
}

/**
 * Reads the file of `--exportProfile` (samples/common/sampleReporting.cpp), an entry a line. Names of layers are written
 * without escapes, so that it may be no JSON. Undefined for other text.
 */
export function parseProfile(text: string): TrtexecProfile | undefined {
  const count = /"count"\s*:\s*(\d+)/.exec(text)?.[1];
  if (count === undefined) return undefined;
  const layers = text.split('\n').flatMap((line): TrtexecLayer[] => {
    const [, name, rest = ''] = /"name"\s*:\s*"(.*)",\s*("timeMs"\s*:.*)$/.exec(line) ?? [];
    const field = (key: string): string | undefined =>
      new RegExp(`"${key}"\\s*:\\s*([-+.\\deE]+)`).exec(rest)?.[1];
    const [average, median, percentage] = ['averageMs', 'medianMs', 'percentage'].map(field);
    if (name === undefined || average === undefined || percentage === undefined) return [];
    const figures = { average: Number(average), percentage: Number(percentage) };
    return [{ name, ...figures, ...(median !== undefined && { median: Number(median) }) }];
  });
  return { count: Number(count), layers };
}

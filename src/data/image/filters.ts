/** What each pixel of one line of the result is: pixels of the source from `first[i]` on, times weights that sum to 1. */
export interface LineWeights {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/** Where a line of the result lies on the source: `size` pixels over `span` of the source's from `start` on. */
export interface LinePlace {
  /** Pixels of the source's line. */
  readonly length: number;
  readonly start: number;
  readonly span: number;
  /** Pixels of the result. */
  readonly size: number;
}

/** Weight of the source pixel `[at, at + 1]` in a result pixel of width `step` around `centre`, before they sum to 1. */
type Filter = (at: number, centre: number, step: number) => number;

/** A triangle over two result pixels, or two source pixels where the image grows. */
const triangle: Filter = (at, centre, step) =>
  Math.max(0, 1 - Math.abs(at + 0.5 - centre) / Math.max(1, step));

/** The part of the source pixel that the result pixel covers. */
const overlap: Filter = (at, centre, step) =>
  Math.max(0, Math.min(at + 1, centre + step / 2) - Math.max(at, centre - step / 2));

/** The pixel that holds the centre. */
const holder: Filter = (at, centre) => (Math.floor(centre) === at ? 1 : 0);

/**
 * - `bilinear`: antialiased, as Pillow's BILINEAR and torchvision's default;
 * - `area`: the mean of what a pixel covers, as OpenCV's INTER_AREA;
 * - `nearest`: one pixel of the source.
 */
const filters = { bilinear: triangle, area: overlap, nearest: holder } as const;

export type Resampling = keyof typeof filters;
export const resamplings = Object.keys(filters) as readonly Resampling[];

/** Images of a data set are often of few sizes: the weights of the last ones are kept. */
const kept = new Map<string, LineWeights>();
const mostKept = 64;

/** The weights of one line. Pixel centres are at half numbers; pixels beyond the source's border are left out. */
export function lineWeights(place: LinePlace, resampling: Resampling): LineWeights {
  const key = `${resampling} ${place.length} ${place.start} ${place.span} ${place.size}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size === mostKept) kept.clear();
  const made = makeWeights(place, resampling);
  kept.set(key, made);
  return made;
}

function makeWeights(place: LinePlace, resampling: Resampling): LineWeights {
  const { length, start, span, size } = place;
  const step = span / size;
  const filter = filters[resampling];
  const first = new Int32Array(size);
  const weights = Array.from({ length: size }, (_, i) => {
    const centre = start + (i + 0.5) * step;
    const reach = Math.max(1, step);
    const from = Math.max(0, Math.floor(centre - reach));
    const to = Math.min(length, Math.ceil(centre + reach));
    const all = Array.from({ length: to - from }, (_, k) => filter(from + k, centre, step));
    const used = all.findIndex((weight) => weight > 0);
    const line = all.slice(used, all.findLastIndex((weight) => weight > 0) + 1);
    const sum = line.reduce((a, b) => a + b, 0);
    first[i] = from + used;
    return Float32Array.from(line, (weight) => weight / sum);
  });
  return { first, weights };
}

import { type LineWeights, lineWeights, type Resampling } from './filters.ts';

/** Pixels row by row, channels beside each other. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface ResampleOptions {
  readonly height: number;
  readonly width: number;
  readonly resampling: Resampling;
  /** Takes the centre that has the result's proportions, instead of stretching all. */
  readonly crop: boolean;
}

/** Scales pixels to `height` x `width` into `out`, planar [channels, height, width], rounded to whole numbers. */
export function resampleInto(out: Uint8Array, source: Pixels, options: ResampleOptions): void {
  const { height, width, resampling } = options;
  const { across, down } = spans(source, options);
  const columns = lineWeights({ length: source.width, ...across, size: width }, resampling);
  const rows = lineWeights({ length: source.height, ...down, size: height }, resampling);
  const top = rows.first[0]!;
  const bottom = rows.first.at(-1)! + rows.weights.at(-1)!.length;
  const narrow = narrowRows(source, columns, { top, bottom });
  const used = bottom - top;
  const sums = new Float32Array(width);
  for (let channel = 0; channel < source.channels; channel++)
    for (let y = 0; y < height; y++) {
      const weights = rows.weights[y]!;
      let from = (channel * used + rows.first[y]! - top) * width;
      // Half added once: the fraction is cut below.
      sums.fill(0.5);
      for (const weight of weights) {
        for (let x = 0; x < width; x++) sums[x]! += weight * narrow[from + x]!;
        from += width;
      }
      const to = (channel * height + y) * width;
      for (let x = 0; x < width; x++) out[to + x] = sums[x]! | 0;
    }
}

/** The part of the source that is used, as start and span along each axis. */
function spans(source: Pixels, { height, width, crop }: ResampleOptions) {
  const scale = Math.max(width / source.width, height / source.height);
  const span = crop
    ? { across: width / scale, down: height / scale }
    : { across: source.width, down: source.height };
  return {
    across: { start: (source.width - span.across) / 2, span: span.across },
    down: { start: (source.height - span.down) / 2, span: span.down },
  };
}

/** Rows `top` to `bottom` of the source at the new width, planar. */
function narrowRows(
  { data, width, channels }: Pixels,
  columns: LineWeights,
  { top, bottom }: { top: number; bottom: number },
): Float32Array {
  const size = columns.first.length;
  const out = new Float32Array(channels * (bottom - top) * size);
  for (let x = 0; x < size; x++) {
    const weights = columns.weights[x]!;
    const { length } = weights;
    const first = columns.first[x]! * channels;
    for (let channel = 0; channel < channels; channel++)
      for (let y = top; y < bottom; y++) {
        const from = y * width * channels + first + channel;
        let sum = 0;
        for (let k = 0; k < length; k++) sum += weights[k]! * data[from + k * channels]!;
        out[(channel * (bottom - top) + y - top) * size + x] = sum;
      }
  }
  return out;
}

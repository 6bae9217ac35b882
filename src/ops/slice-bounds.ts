/** A range along one axis; negative starts and ends count from the end. */
export interface SliceRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** First index and the one where a slice of `size` elements stops, clamped as ONNX says. */
export function sliceBounds(size: number, { start, end, step }: SliceRange): [number, number] {
  const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
  const first = start < 0 ? start + size : start;
  const last = end < 0 ? end + size : end;
  if (step > 0) return [clamp(first, 0, size), clamp(last, 0, size)];
  return [clamp(first, 0, size - 1), clamp(last, -1, size - 1)];
}

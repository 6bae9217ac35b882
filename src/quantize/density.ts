/** Bins on each side that say what is usual around one; a level of 8 bits is 16 bins at least where all are in use. */
const reach = 8;
/** Of the median around it: what a bin has beyond that is one number again and again. */
const peak = 2;

/**
 * What the counts of a histogram's bins say about the distribution behind them: each filled bin gets the mean of the
 * filled bins around it, after what stands out has been cut to twice their median. So neither is chance taken for shape,
 * a count of 3 between two of 5, nor a number that keeps coming back, as what a layer makes of every background
 * pixel, for a steep one: it is rounded like any other number, and as well. Empty bins stay empty.
 * TensorRT's calibrator does the same for one such number, zero, whose bin gets the count of the next.
 */
export function densityOf(counts: Float64Array): Float64Array {
  const filled = Float64Array.from(counts, (count) => (count > 0 ? 1 : 0));
  const cut = counts.map((count, i) => (count > 0 ? Math.min(count, peak * medianAround(counts, i)) : 0));
  const [sums, numbers] = [sumsBefore(cut), sumsBefore(filled)];
  return cut.map((count, i) => {
    if (count === 0) return 0;
    const [from, to] = [Math.max(0, i - reach), Math.min(counts.length, i + reach + 1)];
    return (sums[to]! - sums[from]!) / (numbers[to]! - numbers[from]!);
  });
}

/** Of the filled bins around bin `i`, itself included. */
function medianAround(counts: Float64Array, i: number): number {
  const around = counts.subarray(Math.max(0, i - reach), i + reach + 1).filter((count) => count > 0);
  return around.sort()[around.length >> 1]!;
}

/** The sum of the numbers before each index, and of all at the end. */
export function sumsBefore(numbers: Float64Array): Float64Array {
  const sums = new Float64Array(numbers.length + 1);
  numbers.forEach((x, i) => {
    sums[i + 1] = sums[i]! + x;
  });
  return sums;
}

/** The smallest whole number of 0 to `most` that fits, where all above one that fits do too; undefined if `most` does not. */
export async function smallestFitting(
  most: number,
  fits: (level: number) => boolean | Promise<boolean>,
): Promise<number | undefined> {
  if (!(await fits(most))) return undefined;
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

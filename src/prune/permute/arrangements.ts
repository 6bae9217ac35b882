/** All ways to split a list in two up to this many channels a side; above, only exchanges of two. */
const exhaustive = 4;

/**
 * Other orders of a list of two stripes, the first of `first` elements: every split of them in two, order within a stripe
 * being of no account; of wide stripes every exchange of one element for one of the other.
 */
export function arrangements(channels: readonly number[], first: number): number[][] {
  const second = channels.length - first;
  if (Math.max(first, second) <= exhaustive) return splits(channels, first);
  return Array.from({ length: first * second }, (_, i) => {
    const [a, b] = [i % first, first + Math.floor(i / first)];
    return channels.with(a, channels[b]!).with(b, channels[a]!);
  });
}

function splits(channels: readonly number[], first: number): number[][] {
  const found: number[][] = [];
  // Of two equal stripes it does not matter which is which: the first channel stays where it is.
  const isEqual = 2 * first === channels.length;
  for (let bits = 0; bits < 1 << channels.length; bits++) {
    const isTaken = (i: number): boolean => ((bits >> i) & 1) === 1;
    const taken = channels.filter((_, i) => isTaken(i));
    if (taken.length !== first || (isEqual && !isTaken(0))) continue;
    found.push([...taken, ...channels.filter((_, i) => !isTaken(i))]);
  }
  return found;
}

import { Dataset, type Split } from '../../../../src/data/index.ts';
import { random } from '../../../../src/random.ts';

const classes = 4;

/** Pictures [1, 8, 8] of four classes: a blob in one of the corners, in noise that hides it now and then. */
export function blobs({ labelled = true, targets = false } = {}): Dataset {
  const source = random(1);
  const split = (count: number): Split => {
    const labels = Uint8Array.from({ length: count }, () => source.integer(classes));
    const images = Float32Array.from({ length: count * 64 }, (_, i) => {
      const [label, y, x] = [labels[Math.floor(i / 64)]!, Math.floor(i / 8) % 8, i % 8];
      const [cy, cx] = [label & 1 ? 5.5 : 1.5, label & 2 ? 5.5 : 1.5];
      return Math.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 4) + 0.45 * source.normal();
    });
    const numbers = Float32Array.from(labels, (label) => label / 2);
    return { images, ...(labelled && { labels }), ...(targets && { targets: numbers }) };
  };
  return new Dataset({
    name: 'blobs',
    sampleShape: [1, 8, 8],
    classNames: labelled ? ['a', 'b', 'c', 'd'] : [],
    ...(targets && { targetShape: [1] }),
    splits: { train: split(1024), test: split(256) },
    normalization: { scale: 1, mean: [0], std: [1] },
  });
}

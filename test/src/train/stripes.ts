import { Dataset } from '../../../src/data/index.ts';
import { random } from '../../../src/random.ts';

/** Square pictures of 1 channel: class 1 is brighter in its odd columns. */
export function stripes({
  count = 512,
  side = 2,
  labels: first = undefined as Uint8Array | undefined,
} = {}): Dataset {
  const source = random(1);
  const labels = first ?? Uint8Array.from({ length: count }, () => source.integer(2));
  const size = side * side;
  const images = Float32Array.from({ length: labels.length * size }, (_, i) => {
    const bright = i % 2 === labels[Math.floor(i / size)];
    return source.uniform() * 0.6 + (bright ? 0.4 : 0);
  });
  const split = { images, labels };
  return new Dataset({
    name: 'stripes',
    sampleShape: [1, side, side],
    classNames: ['left', 'right'],
    splits: { train: split, test: split },
    normalization: { scale: 1, mean: [0.5], std: [0.5] },
  });
}

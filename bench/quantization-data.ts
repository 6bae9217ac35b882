/** The data of the quantization benchmark: MNIST in the sizes that networks want, and what is read from Debian's packages. */

import { resampleInto } from '../src/data/image/resample.ts';
import { Dataset, mnist } from '../src/data/index.ts';
import { pick, type Samples } from '../src/data/sample-source.ts';

const own = 28;

/** MNIST as [1, side, side]: up to 32 with a black border, larger ones stretched bilinearly. */
export async function digits(side = own): Promise<Dataset> {
  const data = await mnist();
  if (side === own) return data;
  const splits = Object.entries(data.splits).map(([name, split]) => [
    name,
    { ...split, images: sized(data.images(name), side) },
  ]);
  return data.with({
    name: `mnist ${side}x${side}`,
    sampleShape: [1, side, side],
    splits: Object.fromEntries(splits),
  });
}

function sized(images: Samples, side: number): Uint8Array {
  const count = images.length / own ** 2;
  const out = new Uint8Array(count * side * side);
  for (let i = 0; i < count; i++) {
    const data = images.subarray(i * own ** 2, (i + 1) * own ** 2) as Uint8Array;
    const to = out.subarray(i * side * side, (i + 1) * side * side);
    if (side > 32)
      resampleInto(
        to,
        { data, height: own, width: own, channels: 1 },
        { height: side, width: side, resampling: 'bilinear', crop: false },
      );
    else bordered(to, data, side);
  }
  return out;
}

function bordered(to: Uint8Array, from: Uint8Array, side: number): void {
  const border = (side - own) / 2;
  for (let y = 0; y < own; y++) to.set(from.subarray(y * own, (y + 1) * own), (y + border) * side + border);
}

/** For anomaly detection, as [784]: `train` has the digits 0 to 4 alone, in `test` class 1 is a digit that is none of these. */
export async function usualDigits(): Promise<Dataset> {
  const data = await mnist();
  const labels = data.labels('train');
  const usual = Uint32Array.from(labels.keys()).filter((i) => labels[i]! < 5);
  const train = { images: pick(data.images('train'), usual, own ** 2), labels: new Uint8Array(usual.length) };
  const isUnusual = Uint8Array.from(data.labels('test'), (digit) => Number(digit > 4));
  return new Dataset({
    name: 'mnist, usual 0 to 4',
    sampleShape: [own ** 2],
    classNames: ['usual', 'unusual'],
    splits: { train, test: { images: data.images('test'), labels: isUnusual } },
    normalization: { scale: 1 / 255, mean: new Array(own ** 2).fill(0), std: new Array(own ** 2).fill(1) },
  });
}

/** Photos of Debian's python3-skimage and opencv-doc as [3, 224, 224] of 0..1: cuts of different places and sizes. */
import { join } from 'node:path';
import { imageSize } from '../src/data/image/read-image.ts';
import { type Pixels, resampleInto } from '../src/data/image/resample.ts';
import { Dataset, readImage } from '../src/data/index.ts';
import { type Random, random } from '../src/random.ts';
import { debianFile } from './quantization-debian.ts';

const side = 224;
const sizes = { train: 300, test: 600 };

const skimage = ['astronaut.png', 'chelsea.png', 'coffee.png', 'motorcycle_left.png', 'rocket.jpg'];
const opencv = [
  ...['HappyFish', 'aero1', 'aero3', 'aloeL', 'apple', 'baboon', 'board', 'building', 'butterfly', 'fruits'],
  ...['home', 'leuvenA', 'messi5', 'orange', 'squirrel_cls', 'starry_night', 'stuff'],
].map((name) => `${name}.jpg`);

/** Every second photo is for `train`, the others for `test`. No labels. */
export async function photos(): Promise<Dataset> {
  const near = debianFile('usr/lib/python3/dist-packages/skimage/data', 'python3-skimage');
  const far = debianFile('usr/share/doc/opencv-doc/examples/data', 'opencv-doc');
  const files = [...skimage.map((name) => join(near, name)), ...opencv.map((name) => join(far, name))];
  const all = await Promise.all(files.map(pixelsOf));
  const split = (parity: number, count: number) => ({
    images: cuts(
      all.filter((_, i) => i % 2 === parity),
      { count, source: random(parity) },
    ),
  });
  return new Dataset({
    name: 'photos',
    sampleShape: [3, side, side],
    classNames: [],
    splits: { train: split(0, sizes.train), test: split(1, sizes.test) },
    normalization: { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  });
}

async function pixelsOf(file: string): Promise<Pixels> {
  const { height, width } = await imageSize(file);
  const planes = new Uint8Array(3 * height * width);
  const format = { kind: 'image', channels: 3, resize: 'none', resampling: 'bilinear' } as const;
  await readImage(file, { ...format, size: planes.length, height, width }, planes);
  const data = planes.map((_, i) => planes[(i % 3) * height * width + Math.floor(i / 3)]!);
  return { data, height, width, channels: 3 };
}

function cuts(pictures: readonly Pixels[], { count, source }: { count: number; source: Random }): Uint8Array {
  const size = 3 * side * side;
  const out = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const part = cut(pictures[i % pictures.length]!, source);
    const options = { height: side, width: side, resampling: 'bilinear', crop: false } as const;
    resampleInto(out.subarray(i * size, (i + 1) * size), part, options);
  }
  return out;
}

/** A square of half to all of the shorter side. */
function cut({ data, height, width, channels }: Pixels, source: Random): Pixels {
  const length = Math.floor(Math.min(height, width) * (0.5 + source.uniform() / 2));
  const top = source.integer(height - length + 1);
  const left = source.integer(width - length + 1);
  const out = new Uint8Array(length * length * channels);
  for (let y = 0; y < length; y++) {
    const from = ((top + y) * width + left) * channels;
    out.set(data.subarray(from, from + length * channels), y * length * channels);
  }
  return { data: out, height: length, width: length, channels };
}

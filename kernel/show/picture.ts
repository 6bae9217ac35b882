import { type Bitmap, encodePng } from '../../src/data/png.ts';
import type { Tensor } from '../../src/ir/tensor.ts';
import { statistics } from './statistics.ts';
import { tensorValues } from './tensor-values.ts';

/** Sides of what counts as an image, in pixels. */
const smallestSide = 8;
const largestSide = 1024;
const maxImages = 64;
const imagesInRow = 8;
/** Smaller pictures are enlarged by a whole factor to about this width or height. */
const wantedSide = 112;

interface Images {
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/**
 * A PNG of a tensor [H, W], [1, H, W], [3, H, W] or a batch [N, 1 or 3, H, W] of them, as a sheet; undefined if
 * it is none of these. Bytes are shown as they are, other numbers stretched from their range to 0..255.
 */
export function picture(tensor: Tensor): Uint8Array | undefined {
  const images = imagesOf(tensor.shape);
  const pixels = images && toBytes(tensor);
  return pixels && encodePng(enlarge(sheet(images, pixels)));
}

function imagesOf(shape: readonly number[]): Images | undefined {
  const [width = 0, height = 0, channels = 1, count = 1] = shape.toReversed();
  const fits = (side: number) => side >= smallestSide && side <= largestSide;
  if (shape.length < 2 || shape.length > 4 || !fits(width) || !fits(height)) return undefined;
  if ((channels !== 1 && channels !== 3) || count < 1 || count > maxImages) return undefined;
  return { count, channels, height, width };
}

function toBytes(tensor: Tensor): Uint8Array | undefined {
  if (tensor.dtype === 'uint8') return tensor.bytes;
  const values = /float|^int8$|^bool$/.test(tensor.dtype) ? tensorValues(tensor) : undefined;
  if (!values) return undefined;
  const { min, max } = statistics(values);
  const scale = 255 / (max - min || 1);
  return Uint8Array.from(values as Iterable<number>, (value) => Math.round((Number(value) - min) * scale));
}

/** Planar images side by side, as one bitmap with interleaved channels. */
function sheet({ count, channels, height, width }: Images, pixels: Uint8Array): Bitmap {
  const across = Math.min(count, imagesInRow);
  const total = { width: across * width, height: Math.ceil(count / across) * height };
  const data = new Uint8Array(total.width * total.height * channels);
  for (let i = 0; i < count * channels * height * width; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const channel = Math.floor(i / (width * height)) % channels;
    const image = Math.floor(i / (width * height * channels));
    const left = (image % across) * width;
    const top = Math.floor(image / across) * height;
    data[((top + y) * total.width + left + x) * channels + channel] = pixels[i]!;
  }
  return { ...total, channels, data };
}

function enlarge(bitmap: Bitmap): Bitmap {
  const { width, height, channels, data } = bitmap;
  const factor = Math.max(1, Math.floor(wantedSide / Math.max(width, height)));
  if (factor === 1) return bitmap;
  const large = { width: width * factor, height: height * factor, channels };
  const enlarged = new Uint8Array(large.width * large.height * channels);
  for (let i = 0; i < enlarged.length; i++) {
    const channel = i % channels;
    const x = Math.floor(i / channels) % large.width;
    const y = Math.floor(i / channels / large.width);
    const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels + channel;
    enlarged[i] = data[from]!;
  }
  return { ...large, data: enlarged };
}

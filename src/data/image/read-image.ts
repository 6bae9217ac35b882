import { stat } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import type { Resampling } from './filters.ts';
import { type Pixels, resampleInto } from './resample.ts';
import { loadSharp } from './sharp.ts';

/** How an image file becomes a sample of uint8 [channels, height, width]. */
export interface ImageFormat {
  readonly kind: 'image';
  /** Numbers of a sample. */
  readonly size: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** `stretch` to the wanted size; `crop`: scaled until it covers that, then its centre; `none`: it must be of that size. */
  readonly resize: 'stretch' | 'crop' | 'none';
  readonly resampling: Resampling;
}

/** Files of more pixels are refused: a few bytes can claim gigabytes. */
const mostPixels = 100e6;
/**
 * Images many times the wanted size are first shrunk by the decoder, which is faster, to this many times it: Pillow's
 * `reducing_gap`, of which it says that 3 is nearly as good as none.
 */
const gap = 4;
/** Smaller files are not asked for their size first, which takes a second opening. */
const largeFile = 128 * 1024;

/**
 * Decodes an image (path or bytes: PNG, JPEG, WebP) into `out`, planar: upright as its EXIF data say, transparent
 * parts on white, 16 bits cut to 8, in sRGB or its luminance. Throws with libvips' words if it is broken.
 */
export async function readImage(
  file: string | Uint8Array,
  format: ImageFormat,
  out: Uint8Array,
): Promise<void> {
  const { height, width, resize, resampling } = format;
  const pixels = await decode(file, format);
  if (resize !== 'none') {
    resampleInto(out, pixels, { height, width, resampling, crop: resize === 'crop' });
    return;
  }
  if (pixels.height !== height || pixels.width !== width)
    throw new UsageError(
      `is ${pixels.width}x${pixels.height}, must be ${width}x${height} as the first one: choose a size for all`,
    );
  const { channels } = format;
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < height * width; i++)
      out[channel * height * width + i] = pixels.data[i * channels + channel]!;
}

/** An image with the format's channels, in its own size or some times the format's. */
async function decode(
  file: string | Uint8Array,
  { channels, height, width, resize, resampling }: ImageFormat,
): Promise<Pixels> {
  const sharp = await loadSharp();
  let image = sharp(file, { autoOrient: true, failOn: 'warning', limitInputPixels: mostPixels });
  if (resize !== 'none' && resampling !== 'nearest' && (await byteCount(file)) >= largeFile) {
    const own = await imageSize(file);
    const factor = Math.min(own.height / height, own.width / width);
    if (factor >= 2 * gap) {
      const shrunk = gap / factor;
      image = image.resize({
        height: Math.round(own.height * shrunk),
        width: Math.round(own.width * shrunk),
        fit: 'fill',
        kernel: 'linear',
      });
    }
  }
  const raw = image
    .flatten({ background: 'white' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return {
    data: withChannels(data, info.channels, channels),
    height: info.height,
    width: info.width,
    channels,
  };
}

const byteCount = async (file: string | Uint8Array): Promise<number> =>
  typeof file === 'string' ? (await stat(file)).size : file.length;

/** Interleaved pixels with another number of channels: the first ones, repeated where they are fewer. */
function withChannels(data: Uint8Array, has: number, wanted: number): Uint8Array {
  if (has === wanted) return data;
  const out = new Uint8Array((data.length / has) * wanted);
  for (let i = 0; i < out.length; i++)
    out[i] = data[Math.floor(i / wanted) * has + Math.min(i % wanted, has - 1)]!;
  return out;
}

/** Size, upright, and channels (1 for grey) of an image file. Throws with libvips' words if it is none. */
export async function imageSize(
  file: string | Uint8Array,
): Promise<{ height: number; width: number; channels: 1 | 3 }> {
  const sharp = await loadSharp();
  const { autoOrient, channels } = await sharp(file, { limitInputPixels: mostPixels }).metadata();
  return { height: autoOrient.height, width: autoOrient.width, channels: channels < 3 ? 1 : 3 };
}

import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type FolderKind, type FolderOptions, folderDataset } from '../files/folder-dataset.ts';
import type { Resampling } from './filters.ts';
import { type ImageFormat, imageSize } from './read-image.ts';

export interface ImageOptions {
  /** Height and width of all samples in pixels, or one number for both. Default: the first image's, which all must have. */
  readonly size?: number | readonly [height: number, width: number];
  /** Keeps the image's proportions and takes its centre, instead of stretching it. */
  readonly crop?: boolean;
  /** 1 for grey, 3 for red, green, blue. Default: as the first image has. */
  readonly channels?: 1 | 3;
  /** Default `bilinear`. */
  readonly resampling?: Resampling;
}

export const imageExtensions = ['.png', '.jpg', '.jpeg', '.webp'];

/**
 * A folder of PNG, JPEG or WebP images as uint8 [channels, height, width], read when they are needed. Throws UsageError
 * for a size that is none, and what `labelledFiles` throws.
 */
export function imageFolder(
  place: { readonly folder: string; readonly name: string },
  options: ImageOptions & FolderOptions = {},
): Promise<Dataset> {
  const kind: FolderKind = {
    extensions: imageExtensions,
    async formatOf(file) {
      const format = await imageFormat(file, options);
      return { format, sampleShape: [format.channels, format.height, format.width] };
    },
  };
  checkSize(options.size);
  return folderDataset(place, kind, options);
}

/** What the options make of an image like this one (a path or bytes). */
export async function imageFormat(file: string | Uint8Array, options: ImageOptions): Promise<ImageFormat> {
  const first = await imageSize(file);
  const { size, crop = false, channels = first.channels, resampling = 'bilinear' } = options;
  if (crop && size === undefined) throw new UsageError("'crop' needs a size to crop to");
  const [height, width] =
    size === undefined ? [first.height, first.width] : typeof size === 'number' ? [size, size] : size;
  const resize = size === undefined ? 'none' : crop ? 'crop' : 'stretch';
  return { kind: 'image', size: channels * height * width, channels, height, width, resize, resampling };
}

function checkSize(size: ImageOptions['size']): void {
  if (size === undefined) return;
  for (const side of typeof size === 'number' ? [size] : size) {
    if (Number.isInteger(side) && side >= 1 && side <= 4096) continue;
    throw new UsageError(`The size of images must be whole numbers of pixels from 1 to 4096, was ${side}`);
  }
}

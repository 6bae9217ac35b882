import type { Split } from './batch.ts';
import type { Bitmap } from './png.ts';

const columns = 12;
const maxRows = 20;

/**
 * One picture of many samples: a row for each class (the first 20), its first 12 samples side by side.
 * Undefined if samples are not pictures, that is not [1, H, W] or [3, H, W].
 */
export function sampleSheet(
  split: Split,
  sampleShape: readonly number[],
  classCount: number,
): Bitmap | undefined {
  const [channels, height, width] = sampleShape;
  if (sampleShape.length !== 3 || (channels !== 1 && channels !== 3) || !height || !width) return undefined;
  const rows = firstOfEachClass(split.labels, Math.min(classCount, maxRows));
  const bytes = toBytes(split.images);
  const sheet = {
    width: columns * width,
    height: rows.length * height,
    channels,
    data: new Uint8Array(columns * width * rows.length * height * channels),
  } as const;
  const sample = channels * height * width;
  rows.forEach((indices, row) => {
    indices.forEach((index, column) => {
      const pixels = bytes(index * sample, (index + 1) * sample);
      draw(sheet, pixels, { left: column * width, top: row * height, width, height });
    });
  });
  return sheet;
}

function firstOfEachClass(labels: Split['labels'], classCount: number): number[][] {
  const rows: number[][] = Array.from({ length: classCount }, () => []);
  let missing = classCount * columns;
  for (let i = 0; i < labels.length && missing > 0; i++) {
    const row = rows[labels[i]!];
    if (!row || row.length === columns) continue;
    row.push(i);
    missing--;
  }
  return rows;
}

/** Reads samples as bytes; floats are stretched from their own range to 0..255, sample by sample. */
function toBytes(images: Split['images']): (from: number, to: number) => Uint8Array {
  if (images instanceof Uint8Array) return (from, to) => images.subarray(from, to);
  return (from, to) => {
    const part = images.subarray(from, to);
    let min = Infinity;
    let max = -Infinity;
    for (const v of part) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    return Uint8Array.from(part, (v) => ((v - min) / (max - min || 1)) * 255);
  };
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Copies planar pixels [C, H, W] into an interleaved bitmap. */
function draw(sheet: Bitmap, pixels: Uint8Array, { left, top, width, height }: Rectangle): void {
  for (let c = 0; c < sheet.channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = ((top + y) * sheet.width + left + x) * sheet.channels + c;
        sheet.data[at] = pixels[(c * height + y) * width + x]!;
      }
}

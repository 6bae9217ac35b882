import type { Dataset } from './dataset.ts';
import type { Bitmap } from './png.ts';
import type { Samples } from './sample-source.ts';
import type { Labels } from './split.ts';

const columns = 12;
const maxRows = 20;
/** Larger samples are shrunk to about this side, so that the sheet stays a picture to look at. */
const largestSide = 96;

/**
 * One picture of many samples: a row for each class (the first 20), its first 12 samples side by side; rows of
 * samples in their order where there are no classes. Undefined if samples are not pictures: [1, H, W] or [3, H, W],
 * at least 5 high and wide, as the features of a sound are too.
 */
export async function sampleSheet(dataset: Dataset): Promise<Bitmap | undefined> {
  const { sampleShape, classNames } = dataset;
  const [channels, height = 0, width = 0] = sampleShape;
  const [split] = dataset.splitNames;
  if (sampleShape.length !== 3 || (channels !== 1 && channels !== 3)) return undefined;
  if (height < 5 || width < 5 || split === undefined) return undefined;
  const { labels } = dataset.split(split);
  const rows = labels
    ? firstOfEachClass(labels, Math.min(classNames.length, maxRows))
    : firstRows(dataset.size(split));
  const samples = await dataset.read(split, Uint32Array.from(rows.flat()));
  const step = Math.max(1, Math.ceil(Math.max(height, width) / largestSide));
  const tile = { height: Math.floor(height / step), width: Math.floor(width / step) };
  const sheet = blank({ width: columns * tile.width, height: rows.length * tile.height, channels });
  const pixels = toBytes(samples, channels * height * width);
  let at = 0;
  for (const [row, indices] of rows.entries())
    for (let column = 0; column < indices.length; column++)
      draw(sheet, pixels(at++), {
        left: column * tile.width,
        top: row * tile.height,
        ...tile,
        step,
        from: { height, width },
      });
  return sheet;
}

const blank = (size: Omit<Bitmap, 'data'>): Bitmap => ({
  ...size,
  data: new Uint8Array(size.width * size.height * size.channels),
});

function firstRows(size: number): number[][] {
  const shown = Array.from({ length: Math.min(size, 4 * columns) }, (_, i) => i);
  return Array.from({ length: Math.ceil(shown.length / columns) }, (_, row) =>
    shown.slice(row * columns, (row + 1) * columns),
  );
}

function firstOfEachClass(labels: Labels, classCount: number): number[][] {
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
function toBytes(samples: Samples, size: number): (index: number) => Uint8Array {
  if (samples instanceof Uint8Array) return (index) => samples.subarray(index * size, (index + 1) * size);
  return (index) => {
    const part = samples.subarray(index * size, (index + 1) * size);
    let min = Infinity;
    let max = -Infinity;
    for (const v of part) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    return Uint8Array.from(part, (v) => ((v - min) / (max - min || 1)) * 255);
  };
}

interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Every so many pixels of the sample become one of the tile, their mean. */
  readonly step: number;
  /** Of the sample. */
  readonly from: { readonly width: number; readonly height: number };
}

/** Copies planar pixels [C, H, W] into an interleaved bitmap. */
function draw(sheet: Bitmap, pixels: Uint8Array, { left, top, width, height, step, from }: Tile): void {
  for (let c = 0; c < sheet.channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let dy = 0; dy < step; dy++)
          for (let dx = 0; dx < step; dx++)
            sum += pixels[(c * from.height + y * step + dy) * from.width + x * step + dx]!;
        sheet.data[((top + y) * sheet.width + left + x) * sheet.channels + c] = sum / (step * step);
      }
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodePng } from '../../../../src/data/index.ts';

/** Pixel values of a picture by row, column and channel. */
export type Paint = (y: number, x: number, channel: number) => number;

/** A PNG file's bytes, made by our own encoder. */
export function png(size: { height: number; width: number; channels: 1 | 3 }, paint: Paint): Uint8Array {
  const { height, width, channels } = size;
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return paint(Math.floor(pixel / width), pixel % width, i % channels);
  });
  return encodePng({ height, width, channels, data });
}

/** A new folder with files in it, by their paths. */
export function folderOf(files: Record<string, Uint8Array | string>): string {
  const root = mkdtempSync(join(tmpdir(), 'edgebook-data-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A grey square of one brightness. */
export const flat = (value: number, side = 4): Uint8Array =>
  png({ height: side, width: side, channels: 1 }, () => value);

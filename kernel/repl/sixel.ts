import sixel from 'sixel';
import { loadSharp } from '../../src/data/image/sharp.ts';

/** Wider pictures are scaled down, in pixels. */
const widest = 900;
const colors = 256;

/** A PNG as a sixel sequence (DEC STD 070), for terminals such as xterm, foot and mlterm. */
export async function sixelOf(png: Uint8Array): Promise<string> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(png)
    .flatten({ background: '#fff' })
    .resize({ width: widest, withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sixel.image2sixel(data, info.width, info.height, colors, 0);
}

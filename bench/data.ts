/**
 * Streaming a folder of JPEG images of 320 x 240, scaled to 96 x 96: images/s of the first epoch (decoded) and peak memory,
 * each number of images in a process of its own. Memory must not grow with the number of images: the rows show what was
 * resident after a tenth of the epoch, and the peak. 256 files are written once and named again and again.
 *
 *     node bench/data.ts [images ...]     default: 10000 100000
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import jpeg from 'jpeg-js';
import { FileSource } from '../src/data/files/file-source.ts';
import { Dataset } from '../src/data/index.ts';
import { random } from '../src/random.ts';

const distinct = 256;
const side = 96;

interface Measured {
  readonly images: number;
  readonly perSecond: number;
  /** In MB. */
  readonly early: number;
  readonly peak: number;
}

const [worker, folder = '', count = ''] = process.argv.slice(2);
if (worker === 'epoch') console.log(JSON.stringify(await epoch(folder, Number(count))));
else compare(process.argv.slice(2).map(Number));

function compare(counts: readonly number[]): void {
  const images = mkdtempSync(join(tmpdir(), 'edgebook-bench-data-'));
  try {
    writePhotos(images);
    console.log('images    images/s   MB after a tenth   peak MB');
    for (const count of counts.length > 0 ? counts : [10_000, 100_000]) {
      const args = [fileURLToPath(import.meta.url), 'epoch', images, String(count)];
      const { perSecond, early, peak } = JSON.parse(
        execFileSync(process.execPath, args, { encoding: 'utf8' }),
      ) as Measured;
      const cells = [count, perSecond.toFixed(0), early.toFixed(0), peak.toFixed(0)];
      console.log(cells.map((cell, i) => String(cell).padStart([6, 11, 19, 10][i]!)).join(''));
    }
  } finally {
    rmSync(images, { recursive: true });
  }
}

/** Smooth colours with some noise, as compressible as photos are. */
function writePhotos(images: string): void {
  const [height, width] = [240, 320];
  mkdirSync(images, { recursive: true });
  for (let file = 0; file < distinct; file++) {
    const source = random(file);
    const waves = Array.from({ length: 3 }, () => [
      source.uniform() / 20,
      source.uniform() / 20,
      source.uniform() * 6,
    ]);
    const data = Buffer.alloc(height * width * 4, 255);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        waves.forEach(([a, b, phase], c) => {
          const value = 128 + 90 * Math.sin(a! * x + b! * y + phase!) + 12 * (source.uniform() - 0.5);
          data[(y * width + x) * 4 + c] = value;
        });
    writeFileSync(join(images, `${file}.jpg`), jpeg.encode({ data, width, height }, 90).data);
  }
}

async function epoch(images: string, count: number): Promise<Measured> {
  const files = Array.from({ length: count }, (_, i) => `${i % distinct}.jpg`);
  const size = 3 * side * side;
  const source = new FileSource({
    folder: images,
    files,
    format: {
      kind: 'image',
      size,
      channels: 3,
      height: side,
      width: side,
      resize: 'stretch',
      resampling: 'bilinear',
    },
    cacheBytes: 256e6,
  });
  const data = new Dataset({
    name: 'photos',
    sampleShape: [3, side, side],
    classNames: ['photo'],
    splits: { train: { images: source, labels: new Uint8Array(count) } },
    normalization: { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  });
  const started = performance.now();
  let [seen, early] = [0, 0];
  for await (const batch of data.batches('train', { batchSize: 64, shuffle: 1 })) {
    seen += batch.images.shape[0]!;
    if (early === 0 && seen >= count / 10) early = process.memoryUsage.rss() / 1e6;
  }
  const perSecond = seen / ((performance.now() - started) / 1000);
  return { images: seen, perSecond, early, peak: (process.resourceUsage().maxRSS * 1024) / 1e6 };
}

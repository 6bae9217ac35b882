import jpeg from 'jpeg-js';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { type ImageFormat, imageSize, readImage } from '../../../../src/data/index.ts';
import { png } from './pictures.ts';

const wave = (y: number, x: number, c: number) => 128 + 100 * Math.sin(x / 7 + c) * Math.cos(y / 5);

async function decoded(file: Uint8Array, init: Partial<ImageFormat> & { height: number; width: number }) {
  const channels = init.channels ?? 3;
  const size = channels * init.height * init.width;
  const out = new Uint8Array(size);
  const format: ImageFormat = {
    kind: 'image',
    size,
    resize: 'none',
    resampling: 'bilinear',
    ...init,
    channels,
  };
  await readImage(file, format, out);
  return out;
}

test('a PNG comes back as it was written, planar', async () => {
  const file = png({ height: 3, width: 5, channels: 3 }, (y, x, c) => y * 50 + x * 10 + c);
  expect(await imageSize(file)).toEqual({ height: 3, width: 5, channels: 3 });
  const out = await decoded(file, { height: 3, width: 5 });
  expect([...out]).toEqual(
    [0, 1, 2].flatMap((c) => [0, 1, 2].flatMap((y) => [0, 1, 2, 3, 4].map((x) => y * 50 + x * 10 + c))),
  );
});

test('a JPEG decodes as jpeg-js decodes it', async () => {
  const [height, width] = [40, 56];
  const data = Buffer.from(
    Array.from({ length: height * width * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : wave(Math.floor(i / 4 / width), (i >> 2) % width, i % 4),
    ),
  );
  const file = jpeg.encode({ data, height, width }, 95).data;
  const theirs = jpeg.decode(file, { useTArray: true }).data;
  const ours = await decoded(file, { height, width });
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < height * width; i++)
      expect(Math.abs(ours[c * height * width + i]! - theirs[i * 4 + c]!)).toBeLessThanOrEqual(3);
});

test('grey files fill three channels, coloured ones become their luminance', async () => {
  const grey = png({ height: 2, width: 2, channels: 1 }, (y, x) => 60 * y + 20 * x);
  expect([...(await decoded(grey, { height: 2, width: 2 }))]).toEqual([
    0, 20, 60, 80, 0, 20, 60, 80, 0, 20, 60, 80,
  ]);
  expect((await imageSize(grey)).channels).toBe(1);
  const red = png({ height: 1, width: 1, channels: 3 }, (_y, _x, c) => (c === 0 ? 200 : 0));
  const [luminance] = await decoded(red, { height: 1, width: 1, channels: 1 });
  expect(luminance).toBeGreaterThan(30);
  expect(luminance).toBeLessThan(110);
});

test('alpha lies on white, 16 bits are cut to 8, EXIF turns upright', async () => {
  const see = await sharp({
    create: { width: 1, height: 1, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  expect([...(await decoded(see, { height: 1, width: 1 }))]).toEqual([255, 255, 255]);
  const deep = await sharp(Uint16Array.of(0x8000, 0xffff), { raw: { width: 2, height: 1, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe('ushort');
  const [half, full] = await decoded(deep, { height: 1, width: 2, channels: 1 });
  expect(Math.abs(half! - 128)).toBeLessThanOrEqual(1);
  expect(full).toBe(255);
  const turned = await sharp(png({ height: 8, width: 16, channels: 1 }, (_y, x) => x * 15))
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  expect(await imageSize(turned)).toMatchObject({ height: 16, width: 8 });
  const upright = await decoded(turned, { height: 16, width: 8, channels: 1 });
  expect(upright[0]).toBe(0);
  expect(upright.at(-1)).toBe(15 * 15);
});

test('a large file is shrunk while it is decoded, to nearly the same', async () => {
  const file = await sharp(png({ height: 900, width: 1200, channels: 3 }, wave))
    .png({ compressionLevel: 0 })
    .toBuffer();
  const small = await decoded(file, { height: 45, width: 60, resize: 'stretch' });
  // Too small a file to be shrunk early, of the same picture.
  const packed = await sharp(file)
    .png({ compressionLevel: 9, palette: false, adaptiveFiltering: true })
    .toBuffer();
  const exact = new Uint8Array(3 * 45 * 60);
  const { data } = await sharp(packed).raw().toBuffer({ resolveWithObject: true });
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 45; y++)
      for (let x = 0; x < 60; x++) {
        let sum = 0;
        let weights = 0;
        for (let v = -20; v < 40; v++)
          for (let u = -20; u < 40; u++) {
            const [row, column] = [y * 20 + v, x * 20 + u];
            if (row < 0 || column < 0 || row >= 900 || column >= 1200) continue;
            const weight = (1 - Math.abs(v - 9.5) / 20) * (1 - Math.abs(u - 9.5) / 20);
            if (weight <= 0) continue;
            sum += weight * data[(row * 1200 + column) * 3 + c]!;
            weights += weight;
          }
        exact[(c * 45 + y) * 60 + x] = Math.round(sum / weights);
      }
  let worst = 0;
  small.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - exact[i]!));
  });
  expect(file.length).toBeGreaterThan(128 * 1024);
  expect(worst).toBeLessThanOrEqual(3);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['text', Buffer.from('not an image at all')],
  ['half a PNG', png({ height: 64, width: 64, channels: 3 }, wave).subarray(0, 400)],
])('%s is refused with a reason', async (_name, bytes) => {
  await expect(decoded(bytes, { height: 64, width: 64 })).rejects.toThrow(/\w/);
});

test('another size is told', async () => {
  const file = png({ height: 3, width: 5, channels: 1 }, () => 9);
  await expect(decoded(file, { height: 4, width: 4 })).rejects.toThrow(
    'is 5x3, must be 4x4 as the first one: choose a size for all',
  );
});

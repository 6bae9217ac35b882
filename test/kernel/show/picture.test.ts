import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { picture } from '../../../kernel/show/picture.ts';
import { Tensor } from '../../../src/ir/tensor.ts';

interface Decoded {
  readonly width: number;
  readonly height: number;
  pixel(x: number, y: number): number[];
}

/** Reads what `encodePng` writes: one IDAT chunk, rows without filters. */
function decode(png: Uint8Array): Decoded {
  const buffer = Buffer.from(png);
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  const channels = buffer[25] === 2 ? 3 : 1;
  const start = buffer.indexOf('IDAT') + 4;
  const rows = inflateSync(buffer.subarray(start, start + buffer.readUInt32BE(start - 8)));
  const stride = width * channels + 1;
  const pixel = (x: number, y: number) => {
    const at = y * stride + 1 + x * channels;
    return [...rows.subarray(at, at + channels)];
  };
  return { width, height, pixel };
}

test('planes become pixels, enlarged by a whole factor', () => {
  const data = Uint8Array.from({ length: 3 * 10 * 8 }, (_, i) => i);
  const { width, height, pixel } = decode(picture(Tensor.of('uint8', data, [3, 10, 8]))!);
  expect([width, height]).toEqual([88, 110]);
  for (const [x, y] of [
    [0, 0],
    [7, 9],
    [3, 4],
  ] as const) {
    const at = y * 8 + x;
    expect(pixel(x * 11 + 10, y * 11)).toEqual([data[at], data[80 + at], data[160 + at]]);
  }
});

test('floats are stretched from their range', () => {
  const data = Float32Array.from({ length: 150 * 150 }, (_, i) => (i === 0 ? -3 : i === 1 ? 5 : 1));
  const { width, pixel } = decode(picture(Tensor.of('float32', data, [150, 150]))!);
  expect(width).toBe(150);
  expect([pixel(0, 0), pixel(1, 0), pixel(2, 0)]).toEqual([[0], [255], [128]]);
});

test('a batch is a sheet of eight in a row', () => {
  const data = Uint8Array.from({ length: 10 * 64 }, (_, i) => Math.floor(i / 64));
  const { width, height, pixel } = decode(picture(Tensor.of('uint8', data, [10, 1, 8, 8]))!);
  expect([width, height]).toEqual([64, 16]);
  expect([pixel(0, 0), pixel(63, 7), pixel(8, 15), pixel(16, 15)]).toEqual([[0], [7], [9], [0]]);
});

test.each([[[4, 200]], [[2, 16, 16]], [[100, 1, 8, 8]], [[16]], [[2000, 16]], [[1, 1, 1, 16, 16]]])(
  '%o is no picture',
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    expect(picture(Tensor.of('uint8', new Uint8Array(size), shape))).toBeUndefined();
  },
);

test('indices are no picture', () => {
  expect(picture(Tensor.of('int64', new BigInt64Array(256), [16, 16]))).toBeUndefined();
});

import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from '../../../src/data/index.ts';

interface Chunk {
  readonly type: string;
  readonly body: Buffer;
}

function readChunks(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const typed = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(typed));
    chunks.push({ type: typed.toString('latin1', 0, 4), body: typed.subarray(4) });
    at += length + 12;
  }
  return chunks;
}

test('writes header, pixels and end as the PNG specification lays them out', () => {
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const png = Buffer.from(encodePng({ width: 3, height: 2, channels: 3, data }));
  expect(png.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
  const [header, pixels, end] = readChunks(png);
  expect(header).toEqual({ type: 'IHDR', body: Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]) });
  expect(inflateSync(pixels!.body)).toEqual(
    Buffer.concat([Buffer.from([0]), data.subarray(0, 9), Buffer.from([0]), data.subarray(9)]),
  );
  expect(end).toEqual({ type: 'IEND', body: Buffer.alloc(0) });
});

test('refuses data of another size', () => {
  const bitmap = { width: 2, height: 2, channels: 1, data: new Uint8Array(3) } as const;
  expect(() => encodePng(bitmap)).toThrow('A 2x2 bitmap must have 4 bytes, has 3');
});

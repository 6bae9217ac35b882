import { expect, test } from 'vitest';
import { readIdx } from '../../../src/data/index.ts';

test('reads bytes as a view and wider numbers from big-endian', () => {
  const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);
  const tensor = readIdx(bytes, 'digits');
  expect(tensor.shape).toEqual([2, 3]);
  expect([...tensor.bytes]).toEqual([1, 2, 3, 4, 5, 255]);
  expect(tensor.bytes.buffer).toBe(bytes.buffer);

  const floats = readIdx(Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0), 'floats');
  expect(floats.toNumbers()).toEqual([1, -2]);
  const shorts = readIdx(Uint8Array.of(0, 0, 0x0b, 1, 0, 0, 0, 1, 0xff, 0xfe), 'shorts');
  expect(shorts.toNumbers()).toEqual([-2]);
});

test.each([
  [
    'nothing',
    [],
    'digits must be an IDX file, which starts with 00 00, an element type and a rank; it starts with nothing',
  ],
  ['a gzip file', [0x1f, 0x8b, 8, 0, 0], 'it starts with 1f 8b 08 00'],
  ['an unknown element type', [0, 0, 7, 1, 0, 0, 0, 0], 'it starts with 00 00 07 01'],
  ['half a header', [0, 0, 8, 3, 0, 0, 0, 1], 'digits must have 16 bytes as its header says, has 8'],
  ['cut data', [0, 0, 8, 1, 0, 0, 0, 4, 1, 2], 'digits must have 12 bytes as its header says, has 10'],
  ['data left over', [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], 'digits must have 9 bytes as its header says, has 10'],
])('refuses %s', (_, bytes, message) => {
  expect(() => readIdx(Uint8Array.from(bytes), 'digits')).toThrow(message);
});

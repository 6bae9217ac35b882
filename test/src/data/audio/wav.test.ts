import { expect, test } from 'vitest';
import { decodeWav } from '../../../../src/data/index.ts';
import { type WavInit, wav } from './wav-file.ts';

const values = [0, 0.5, -0.5, 0.25, -1, 0.125];

test.each<WavInit>([
  { bits: 8 },
  { bits: 16 },
  { bits: 24 },
  { bits: 32 },
  { bits: 32, float: true },
  { bits: 64, float: true },
  { bits: 24, extensible: true },
  { bits: 32, float: true, extensible: true, extra: true },
])('%j', (init) => {
  const sound = decodeWav(wav(values, { rate: 8000, ...init }));
  expect(sound.rate).toBe(8000);
  expect([...sound.samples]).toEqual(values);
});

test('channels are averaged, a file of odd place in memory is read', () => {
  const file = wav([0.5, 0.25, -1, 0.5], { bits: 16, channels: 2 });
  const moved = Buffer.concat([Buffer.alloc(1), file]).subarray(1);
  expect([...decodeWav(moved).samples]).toEqual([0.375, -0.25]);
});

const good = wav(values, { bits: 16 });

test.each([
  ['nothing', new Uint8Array(0), 'does not begin as one'],
  ['text', Buffer.from('this is no sound, really'), 'does not begin as one'],
  ['no sound', good.subarray(0, 36), "no 'data' chunk"],
  ['a part', good.subarray(0, 50), 'must have 12 bytes as its header says, has 6'],
  ['half a header', good.subarray(0, 30), "'fmt ' chunk must have 16 bytes"],
  ['ADPCM', good.map((v, i) => (i === 20 ? 2 : v)), 'is format 2 of 16 bits'],
  ['12 bits', good.map((v, i) => (i === 34 ? 12 : v)), 'is format 1 of 12 bits'],
  ['no channels', good.map((v, i) => (i === 22 ? 0 : v)), 'must have channels and a rate'],
  ['a rate of gigahertz', good.map((v, i) => (i === 27 ? 99 : v)), 'at most 768000 Hz'],
])('%s is refused', (_name, bytes, message) => {
  expect(() => decodeWav(bytes)).toThrow(message);
});

import { expect, test } from 'vitest';
import { type Frame, FrameReader, frameHead, preamble } from '../../../devices/agent/frames.ts';

const body = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 256));
const stream = Buffer.concat([
  Buffer.from('Welcome to the board\n'),
  preamble,
  frameHead({ type: 'one' }),
  ...[frameHead({ type: 'two', text: 'ü' }, body.length), body],
  frameHead({ type: 'three' }),
]);

test.each([1, 2, 3, 7, 11, 12, 13, 64, 1000])('frames come whole from pieces of %i bytes', (size) => {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame), { greeting: true });
  for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
  expect(frames.map(({ message }) => message)).toEqual([
    { type: 'one' },
    { type: 'two', text: 'ü' },
    { type: 'three' },
  ]);
  expect(frames.map((frame) => frame.body.length)).toEqual([0, 300, 0]);
  expect(Buffer.compare(frames[1]!.body, body)).toBe(0);
});

test('what is no frame is an error', () => {
  const reader = new FrameReader(() => {});
  expect(() => reader.push(Buffer.from('bash: node: command not found\n'))).toThrow('is no frame');
});

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { frame, readFrames } from '../../../kernel/engine/framing.ts';

/** Feeds bytes in pieces of a size; returns the messages read. */
async function read(bytes: Buffer, size = bytes.length) {
  const stream = new PassThrough();
  const messages: { message: object; buffers: number[][] }[] = [];
  readFrames<object>(stream, (message, buffers) =>
    messages.push({ message, buffers: buffers.map((buffer) => [...buffer]) }),
  );
  for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
  stream.end();
  await new Promise((resolve) => stream.on('close', resolve));
  return messages;
}

const everyByte = Uint8Array.from({ length: 512 }, (_, i) => i % 256);

test.each([1, 7, 4096])('every byte comes through, whole or in pieces of %d', async (size) => {
  const bytes = Buffer.concat([
    frame({ text: 'é\n' }),
    frame({ a: 1 }, [everyByte, new Uint8Array()]),
    frame({}),
  ]);
  expect(await read(bytes, size)).toEqual([
    { message: { text: 'é\n' }, buffers: [] },
    { message: { a: 1, bufferCount: 2 }, buffers: [[...everyByte], []] },
    { message: {}, buffers: [] },
  ]);
});

test('a message cut in two is left out, with its buffers; those after it are whole', async () => {
  const whole = frame({ a: 1 }, [everyByte]);
  for (const cut of [1, 2, 3, 100, 260, whole.length - 20, whole.length - 2]) {
    const messages = await read(Buffer.concat([whole.subarray(0, cut), frame({ b: 2 }, [everyByte])]));
    expect(messages).toEqual([{ message: { b: 2, bufferCount: 1 }, buffers: [[...everyByte]] }]);
  }
});

test('random bytes cost less than a hundredth', () => {
  const bytes = Uint8Array.from({ length: 1 << 16 }, (_, i) => (i * 197 + (i >> 8) * 31) % 256);
  expect(frame({}, [bytes]).length).toBeLessThan(bytes.length * 1.01);
});

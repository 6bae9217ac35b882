import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMessage } from '../../../kernel/jupyter/message.ts';
import { decode, encode } from '../../../kernel/jupyter/wire.ts';

const message = {
  ...createMessage({ type: 'x_request', content: { a: 'ä' } }),
  identities: [Buffer.from('id')],
  buffers: [Buffer.from([0, 255])],
};

test('decode(encode(m)) = m', () => {
  expect(decode(encode(message, 'key'), 'key')).toEqual(message);
  expect(decode(encode(message, ''), '')).toEqual(message);
});

test('the signature is the HMAC-SHA256 of the four parts', () => {
  const [, , signature, ...rest] = encode(message, 'key');
  const expected = createHmac('sha256', 'key')
    .update(Buffer.concat(rest.slice(0, 4)))
    .digest('hex');
  expect(signature!.toString()).toBe(expected);
});

test.each([
  ['another key', (frames: Buffer[]) => decode(frames, 'other'), 'bad signature'],
  [
    'a changed part',
    (frames: Buffer[]) => decode(frames.with(6, Buffer.from('{"a":1}')), 'key'),
    'bad signature',
  ],
  ['no signature', (frames: Buffer[]) => decode(frames.with(2, Buffer.alloc(0)), 'key'), 'bad signature'],
  ['a missing part', (frames: Buffer[]) => decode(frames.slice(0, 6), 'key'), 'too few frames'],
  ['no delimiter', () => decode([Buffer.from('x')], 'key'), 'no delimiter'],
  ['no JSON', (frames: Buffer[]) => decode(frames.with(3, Buffer.from('{')), ''), 'no JSON'],
  ['no object', (frames: Buffer[]) => decode(frames.with(3, Buffer.from('5')), ''), 'no object'],
  ['no header', (frames: Buffer[]) => decode(frames.with(3, Buffer.from('{}')), ''), 'bad header'],
])('refused: %s', (_what, read, reason) => {
  expect(() => read(encode(message, 'key'))).toThrow(reason);
});

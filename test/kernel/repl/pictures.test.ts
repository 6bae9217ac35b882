import sharp from 'sharp';
import sixel from 'sixel';
import { expect, test } from 'vitest';
import { isAnswered, pictureText, protocolOf } from '../../../kernel/repl/pictures.ts';

test.each([
  ['\u001b_Gi=31;OK\u001b\\\u001b[?62;c', 'kitty'],
  ['\u001b]1337;ReportCellSize=17.50;8.00;2.0\u001b\\\u001b[?65;4c', 'iterm2'],
  ['\u001b[?65;1;4;9c', 'sixel'],
  ['\u001b[?62;14;22c', undefined],
  ['', undefined],
])('%j is told by %s', (answer, protocol) => {
  expect(protocolOf(answer)).toBe(protocol);
  expect(isAnswered(answer)).toBe(answer !== '');
});

/** Control data and payload of kitty's graphics sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences
const sequence = /\u001b_G([^;]*);([^\u001b]*)\u001b\\/g;

const png = sharp({ create: { width: 20, height: 12, channels: 3, background: '#2f7ebc' } })
  .png()
  .toBuffer();

test('kitty takes it in pieces of at most 4096 characters, of which all but the last say that more comes', async () => {
  const text = 'A'.repeat(9000);
  const pieces = [...(await pictureText(text, 'kitty')).matchAll(sequence)];
  expect(pieces.map(([, control]) => control)).toEqual(['a=T,f=100,q=2,m=1', 'm=1', 'm=0']);
  expect(pieces.map(([, , data]) => data!.length)).toEqual([4096, 4096, 808]);
  expect(pieces.map(([, , data]) => data).join('')).toBe(text);
});

test('iTerm2 takes it whole, with its size', async () => {
  const base64 = (await png).toString('base64');
  const text = await pictureText(base64, 'iterm2');
  expect(text).toBe(
    `\u001b]1337;File=inline=1;size=${(await png).length};preserveAspectRatio=1:${base64}\u0007`,
  );
});

test('sixel has the same pixels', async () => {
  const text = await pictureText((await png).toString('base64'), 'sixel');
  expect(text.startsWith('\u001bP')).toBe(true);
  const decoder = await sixel.DecoderAsync();
  decoder.init();
  decoder.decodeString(text.slice(text.indexOf('q') + 1, -2));
  expect([decoder.width, decoder.height]).toEqual([20, 12]);
  const [red, green, blue] = new Uint8Array(decoder.data32.buffer, decoder.data32.byteOffset, 3);
  expect([red! - 0x2f, green! - 0x7e, blue! - 0xbc].every((difference) => Math.abs(difference) <= 3)).toBe(
    true,
  );
});

import { expect, test } from 'vitest';
import { crc16, frameLine, LineReader, readLine } from '../../../devices/serial/line-protocol.ts';

test('the CRC is CRC-16/CCITT-FALSE: the check value of the catalogue', () => {
  expect(crc16('123456789')).toBe(0x29b1);
});

test('a line that is framed is read back', () => {
  for (const text of ['PING', 'OK 01ff', 'ERR it is *hot*', ''])
    expect(readLine(frameLine({ number: 42, text }))).toEqual({ number: 42, text });
});

test('no line with a changed, lost or doubled byte is taken for a whole one', () => {
  const line = frameLine({ number: 17, text: 'OUT 00ff7f80' });
  const isWhole = (text: string) => typeof readLine(text) === 'object';
  for (let i = 0; i < line.length; i++) {
    for (let bit = 0; bit < 7; bit++) {
      const changed = String.fromCharCode(line.charCodeAt(i) ^ (1 << bit));
      expect(isWhole(line.slice(0, i) + changed + line.slice(i + 1)), `${i} ${bit}`).toBe(false);
    }
    expect(isWhole(line.slice(0, i) + line.slice(i + 1)) && line[i] !== line[i + 1]).toBe(false);
  }
});

test("a board's chatter is no damaged line", () => {
  expect(readLine('BOOT mps2-an386 cortex-m4')).toBeUndefined();
  expect(readLine('PONG')).toBeUndefined();
  expect(readLine('17 OK 00f *1a')).toBe('damaged');
});

test('lines come out of chunks however they are cut, and stray bytes are marked', () => {
  const reader = new LineReader();
  expect(reader.push(Buffer.from('PO'))).toEqual([]);
  expect(reader.rest).toBe('PO');
  expect(reader.push(Buffer.from('NG\r\nIN'))).toEqual(['PONG']);
  expect(reader.push(Buffer.from([0xff, 0x0a]))).toEqual(['IN\ufffd']);
});

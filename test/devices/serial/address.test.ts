import { expect, test } from 'vitest';
import { serialAddress } from '../../../devices/serial/address.ts';

test('path and baud are read; 115200 without', () => {
  expect(serialAddress('serial:///dev/ttyUSB0')).toEqual({ path: '/dev/ttyUSB0', baud: 115_200 });
  expect(serialAddress('serial:///dev/ttyACM1?baud=9600')).toEqual({ path: '/dev/ttyACM1', baud: 9600 });
});

test.each([
  'serial:',
  'serial://ttyUSB0',
  'serial:///dev/x?baud=fast',
  'serial:///dev/x?baud=1',
  'serial:///dev/x?parity=odd',
])('%s is refused with what it must be', (url) => {
  expect(() => serialAddress(url)).toThrow(/A serial device is serial:\/\/\/dev\/ttyUSB0/);
});

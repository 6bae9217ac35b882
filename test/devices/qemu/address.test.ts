import { expect, test } from 'vitest';
import { boardSize } from '../../../devices/qemu/address.ts';

test('an emulated board has a usual size, or that of its URL', () => {
  expect(boardSize('qemu:arm64')).toEqual({ memory: 1024, disk: 2048, cpus: 2 });
  expect(boardSize('qemu:arm64?memory=512&cpus=1')).toEqual({ memory: 512, disk: 2048, cpus: 1 });
});

test.each([
  [
    'qemu:riscv',
    "An emulated board is qemu:arm64 or qemu:arm64?memory=2048&disk=4096&cpus=2, in MB, was 'qemu:riscv'",
  ],
  ['qemu:arm64?memry=512', "Unknown option of arm64 'memry'. Did you mean 'memory'?"],
  [
    'qemu:arm64?memory=12',
    "'memory' of an emulated board must be a whole number from 256 to 16384, was '12'",
  ],
  ['qemu:arm64?disk=4G', "'disk' of an emulated board must be a whole number from 512 to 65536, was '4G'"],
])('%s is refused', (url, message) => {
  expect(() => boardSize(url)).toThrow(message);
});

import { expect, test } from 'vitest';
import { lacksVnni } from '../../../src/targets/cpu.ts';

test('reads VNNI from the flags of an x86 CPU', () => {
  expect(lacksVnni('model name\t: A\nflags\t\t: fpu avx2 avx512_bf16\n')).toBe(true);
  expect(lacksVnni('flags\t\t: fpu avx2 avx_vnni\n')).toBe(false);
  expect(lacksVnni('flags\t\t: fpu avx512_vnni avx2\n')).toBe(false);
  expect(lacksVnni('Features\t: fp asimd asimddp\n')).toBeUndefined();
});

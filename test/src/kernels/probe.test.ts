import { expect, test } from 'vitest';
import { probeKernels } from '../../../src/kernels/index.ts';

test('each kernel is either found to work or named with what went wrong', async () => {
  const { kernels, missing } = await probeKernels();
  if (kernels.block !== undefined) {
    expect([8, 16]).toContain(kernels.block);
    expect(missing.filter((line) => line.includes('nchwc'))).toEqual([]);
  } else {
    expect(missing.join('\n')).toContain('com.microsoft.nchwc');
  }
  expect(missing.some((line) => line.startsWith('com.microsoft.FusedMatMul'))).toBe(!kernels.fusedMatMul);
});

test('is asked once a process', () => {
  expect(probeKernels()).toBe(probeKernels());
});

import { expect, test } from 'vitest';
import { emulated } from '../../../devices/bench/emulated.ts';
import type { Facts } from '../../../devices/probe/index.ts';

const facts = (part: Partial<Facts>, processor: string, features: readonly string[] = []): Facts => ({
  ...{ nvidia: { gpus: [] }, accelerators: [], cameras: [], governors: [], zones: [], warnings: [] },
  cpu: { cores: 1, clusters: [{ name: processor, cores: 1 }], features },
  ...part,
});

test('what QEMU imitates is known by its model, its processor, or the way to it', () => {
  const arm = 'Linux 6.1.0 aarch64';
  expect(emulated(facts({ kernel: arm, model: 'linux,dummy-virt' }, 'Cortex-A72'))).toBe('linux,dummy-virt');
  expect(emulated(facts({ kernel: 'Linux 6.1.0 x86_64' }, 'QEMU Virtual CPU version 2.5+'))).toMatch(/^QEMU/);
  expect(emulated(facts({ kernel: arm }, 'Intel(R) Xeon(R)', ['avx2', 'fma']))).toBe('QEMU in user mode');
  expect(emulated(facts({}, 'Cortex-A72'), 'qemu:arm64')).toBe('qemu:arm64');
});

test('real boards, and virtual machines with a real processor, are not', () => {
  expect(
    emulated(
      facts({ kernel: 'Linux 6.6 aarch64', model: 'Raspberry Pi 5 Model B' }, 'Cortex-A76'),
      'ssh://pi',
    ),
  ).toBeUndefined();
  expect(
    emulated(facts({ kernel: 'Linux 6.1 x86_64', model: 'QEMU Standard PC' }, 'AMD EPYC', ['avx2'])),
  ).toBeUndefined();
});

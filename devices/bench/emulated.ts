import type { Facts } from '../probe/index.ts';

/**
 * What shows that a device is emulated, so that its times mean nothing; undefined for one that seems real. QEMU's arm64
 * board calls itself `linux,dummy-virt`. A virtual machine whose processor is the host's own is not emulated.
 */
export function emulated({ model = '', kernel = '', cpu }: Facts, url = ''): string | undefined {
  if (url.startsWith('qemu:')) return url;
  const processor = cpu.clusters.find(({ name }) => /QEMU|\bTCG\b/i.test(name));
  if (processor) return processor.name;
  const isArm = /\b(aarch64|armv\d\w*)$/.test(kernel);
  if (isArm && /dummy-virt|QEMU/i.test(model)) return model;
  // Programs of another architecture see the emulating machine's processor.
  if (isArm && cpu.features.some((feature) => /^(avx|fma)/.test(feature))) return 'QEMU in user mode';
  return undefined;
}

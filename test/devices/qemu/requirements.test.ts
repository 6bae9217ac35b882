import { expect, test } from 'vitest';
import { type Machine, missingForBoard } from '../../../devices/qemu/requirements.ts';

const debian = (programs: readonly string[], isRoot = false): Machine => ({
  platform: 'linux',
  isRoot,
  isThere: (program) => program === 'apt-get' || programs.includes(program),
});
const all = ['qemu-system-aarch64', 'mmdebstrap', 'mke2fs', 'cpio', 'ssh-keygen', 'setpriv'];

test('what is missing is said with the command that brings it', () => {
  expect(missingForBoard(debian([...all, 'fakeroot']))).toBeUndefined();
  expect(missingForBoard(debian(all))).toBe(
    'qemu:arm64 needs fakeroot, which is not installed here. Run: sudo apt-get install --no-install-recommends fakeroot',
  );
  expect(missingForBoard(debian(all, true))).toBeUndefined();
  expect(missingForBoard(debian(all.slice(2), true))).toBe(
    'qemu:arm64 needs qemu-system-aarch64, mmdebstrap, which are not installed here. Run: apt-get install --no-install-recommends qemu-system-arm mmdebstrap',
  );
});

test('other systems are told what else they can do', () => {
  const mac = missingForBoard({ platform: 'darwin', isRoot: false, isThere: () => true });
  expect(mac).toMatch(/made from Debian's packages.*this one runs darwin. Attach a board by ssh:/);
  const fedora = missingForBoard({ platform: 'linux', isRoot: false, isThere: (name) => name !== 'apt-get' });
  expect(fedora).toContain('has no apt-get');
});

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../src/errors.ts';

/** What makes and runs a board, with the Debian package that has it. */
const programs: readonly { readonly name: string; readonly from: string; readonly notForRoot?: true }[] = [
  { name: 'qemu-system-aarch64', from: 'qemu-system-arm' },
  { name: 'mmdebstrap', from: 'mmdebstrap' },
  { name: 'mke2fs', from: 'e2fsprogs' },
  { name: 'cpio', from: 'cpio' },
  { name: 'ssh-keygen', from: 'openssh-client' },
  { name: 'setpriv', from: 'util-linux' },
  // Files of the image belong to root there, whoever makes it.
  { name: 'fakeroot', from: 'fakeroot', notForRoot: true },
];

/** Where programs are looked for: those of the system are not on every user's path. */
export const searchPath = (): string =>
  [process.env.PATH ?? '', '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);

export const isRoot = (): boolean => process.getuid?.() === 0;

const isThere = (name: string): boolean =>
  searchPath()
    .split(delimiter)
    .some((folder) => existsSync(join(folder, name)));

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  isThere(program: string): boolean;
}

const thisMachine = (): Machine => ({ platform: process.platform, isRoot: isRoot(), isThere });

/** The remedy where no board can be emulated; undefined where one can. */
export function missingForBoard(machine: Machine = thisMachine()): string | undefined {
  if (machine.platform !== 'linux' || !machine.isThere('apt-get'))
    return `qemu:arm64 is made from Debian's packages, by apt on a Debian machine; this one ${machine.platform === 'linux' ? 'has no apt-get' : `runs ${machine.platform}`}. Attach a board by ssh://user@host, or run Edgebook in a Debian virtual machine or container`;
  const missing = programs.filter(
    ({ name, notForRoot }) => !(notForRoot && machine.isRoot) && !machine.isThere(name),
  );
  if (missing.length === 0) return undefined;
  const [names, packages] = [missing.map(({ name }) => name), missing.map(({ from }) => from)];
  const apt = `${machine.isRoot ? '' : 'sudo '}apt-get install --no-install-recommends ${packages.join(' ')}`;
  return `qemu:arm64 needs ${names.join(', ')}, which ${names.length === 1 ? 'is' : 'are'} not installed here. Run: ${apt}`;
}

/** Throws UsageError with the remedy where no board can be emulated. */
export function requireBoardPrograms(): void {
  const missing = missingForBoard();
  if (missing !== undefined) throw new UsageError(missing);
}

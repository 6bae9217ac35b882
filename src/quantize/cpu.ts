import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';

/**
 * Whether this x86 CPU lacks VNNI, so that int8 products are summed in saturating 16 bits and 8-bit weights can lose
 * accuracy. Undefined where it cannot be told or does not apply (other CPUs, other systems than Linux).
 */
export function lacksVnni(): boolean | undefined {
  if (arch() !== 'x64' || platform() !== 'linux') return undefined;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'))?.[1];
  return flags === undefined ? undefined : !/\bavx(512)?_vnni\b/.test(flags);
}

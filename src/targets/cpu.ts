import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';

/**
 * Whether an x86 CPU lacks VNNI, as its /proc/cpuinfo says: then int8 products are summed in saturating 16 bits and
 * 8-bit weights can lose accuracy. Undefined if it lists no flags, as other CPUs do.
 */
export function lacksVnni(cpuinfo: string): boolean | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1];
  return flags === undefined ? undefined : !/\bavx(512)?_vnni\b/.test(flags);
}

/** The same of this machine; undefined where it cannot be told. */
export const thisCpuLacksVnni = (): boolean | undefined =>
  arch() === 'x64' && platform() === 'linux' ? lacksVnni(readFileSync('/proc/cpuinfo', 'latin1')) : undefined;

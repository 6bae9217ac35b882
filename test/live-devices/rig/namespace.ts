import { execFileSync, spawnSync } from 'node:child_process';
import type { Requirement } from '../../support/requirement.ts';
import { file } from '../../support/requirement.ts';

/** What a network of one's own needs. */
export const namespaceRequirements = (): Requirement[] => [
  file('/usr/sbin/ip', 'install iproute2'),
  file('/usr/sbin/nft', 'install nftables'),
  mayMakeNamespaces(),
];

function mayMakeNamespaces(): Requirement {
  const path = 'unshare';
  const { status } = spawnSync('unshare', ['--net', 'true']);
  return status === 0 ? { path } : { path, missing: 'network namespaces need root' };
}

/** A machine of its own on a cable to this one. */
export interface Cable {
  readonly name: string;
  readonly address: string;
  /** Pulls the plug, or puts it back, on this machine's side. */
  plug(state: 'up' | 'down'): void;
  /** The same on the device's side. */
  plugThere(state: 'up' | 'down'): void;
  /** From now on the device loses all that comes, without a word. */
  drop(): void;
  /** From now on it answers with a reset. */
  reset(): void;
  /** It loses every nth packet at random. */
  lose(percent: number): void;
  /** As it was. */
  mend(): void;
  remove(): void;
}

export function layCable(number: number): Cable {
  const name = `edgebook-${process.pid}-${number}`;
  const here = `eb${process.pid % 100_000}-${number}`;
  const subnet = `10.${77 + number}.${process.pid % 250}`;
  const address = `${subnet}.2`;
  const ip = (...words: string[]) => execFileSync('ip', words);
  ip('netns', 'add', name);
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  ip('addr', 'add', `${subnet}.1/30`, 'dev', here);
  ip('link', 'set', here, 'up');
  ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', 'eth0');
  ip('-n', name, 'link', 'set', 'eth0', 'up');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  const inside = (rule: string) => {
    const table = 'add table inet f; add chain inet f i { type filter hook input priority 0; }';
    ip('netns', 'exec', name, 'nft', `${table}; add rule inet f i ${rule}`);
  };
  return {
    ...{ name, address },
    plug: (state) => ip('link', 'set', here, state),
    plugThere: (state) => ip('-n', name, 'link', 'set', 'eth0', state),
    drop: () => inside('drop'),
    reset: () => inside('tcp dport 22 reject with tcp reset'),
    lose: (percent) => inside(`numgen random mod 100 < ${percent} drop`),
    mend: () => ip('netns', 'exec', name, 'nft', 'flush ruleset'),
    remove: () => ip('netns', 'del', name),
  };
}

import { UsageError } from '../src/errors.ts';
import type { Transport } from './device.ts';
import { LocalTransport } from './local-transport.ts';
import { sshAddress } from './ssh/address.ts';
import { SshTransport } from './ssh/ssh.ts';

/** A way to reach devices, by the scheme of their URLs. */
export interface TransportKind {
  readonly scheme: string;
  readonly example: string;
  /** Throws UsageError for a URL that is none of its own. Connects when it is first used. */
  open(name: string, url: string): Transport;
}

/** Every transport. */
export const transports: readonly TransportKind[] = [
  {
    scheme: 'local',
    example: 'local:',
    open: (name, url) => {
      if (url !== 'local:') throw new UsageError(`This machine is 'local:', was '${url}'`);
      return new LocalTransport(name);
    },
  },
  {
    scheme: 'ssh',
    example: 'ssh://user@host',
    open: (name, url) => new SshTransport(name, sshAddress(url)),
  },
];

/** The transport for a URL. Throws UsageError with what it may be. */
export function openTransport(name: string, url: string): Transport {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const kind = transports.find((candidate) => candidate.scheme === scheme);
  if (kind) return kind.open(name, url);
  const examples = transports.map(({ example }) => example).join(' or ');
  throw new UsageError(`A device's URL is ${examples}, was '${url.replace(/\/\/[^@/]*@/, '//')}'`);
}

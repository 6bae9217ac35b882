import { DeviceError } from '../../src/errors.ts';

/** ssh's own exit code for everything that is not the command's. */
export const sshFailed = 255;

interface Known {
  readonly pattern: RegExp;
  readonly what: (where: string, line: string) => string;
}

/** What OpenSSH's client says, and what a user can do about it. */
const known: readonly Known[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    what: (where) =>
      `${where} shows another host key than the one you have known it by. If the board was set up anew, forget the ` +
      'old key by ssh-keygen -R HOST; else somebody may be in between',
  },
  {
    pattern: /Host key verification failed|No \S+ host key is known/,
    what: (where) => `the host key of ${where} is not known`,
  },
  {
    pattern: /Permission denied/,
    what: (where) =>
      `${where} takes none of your keys. Copy one there by ssh-copy-id, or start an ssh agent that holds it`,
  },
  {
    pattern: /Could not resolve hostname/,
    what: (where) => `there is no host of the name of ${where}. Check the address, or your ~/.ssh/config`,
  },
  {
    pattern: /Connection refused/,
    what: (where) => `${where} is there, but no ssh server listens on that port`,
  },
  {
    pattern: /No route to host|Network is unreachable|Connection timed out|timed out/i,
    what: (where) => `${where} does not answer. Is it on, and in the same network?`,
  },
  {
    pattern: /not responding/,
    what: (where) => `${where} has stopped answering`,
  },
];

/** The error for what ssh wrote when it failed, with ssh's last line as its cause. */
export function sshError(device: string, where: string, said: string): DeviceError {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '');
  const line = lines.at(-1)?.trim() ?? 'the connection was lost';
  const found = known.find(({ pattern }) => pattern.test(said));
  const text = found ? found.what(where, line) : `the connection to ${where} failed: ${line}`;
  return new DeviceError(`${device}: ${text}`, { device, command: 'ssh', cause: new Error(line) });
}

/** Whether ssh failed since it has never seen the host's key. */
export const isUnknownHost = (error: unknown): boolean =>
  error instanceof DeviceError && /the host key of .* is not known/.test(error.message);

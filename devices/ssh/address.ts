import { UsageError } from '../../src/errors.ts';

/** Where an ssh device is: a host, or a name from the user's ssh configuration. */
export interface SshAddress {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** Reads `ssh://[user@]host[:port]`. Throws UsageError. */
export function sshAddress(url: string): SshAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'ssh:' || !/^[\w[:.][\w.:\]-]*$/.test(parsed.hostname))
    throw new UsageError(`An ssh device is ssh://[user@]host[:port], was '${withoutPassword(url)}'`);
  if (parsed.password !== '')
    throw new UsageError(
      `'${withoutPassword(url)}' holds a password, which ssh takes from nobody but a terminal. Use a key: ssh-copy-id ${parsed.hostname}`,
    );
  if (!/^\/?$/.test(parsed.pathname) || parsed.search || parsed.hash)
    throw new UsageError(
      `'${url}' names a path: a device is all of a machine, leave '${parsed.pathname}' out`,
    );
  const user = decodeURIComponent(parsed.username);
  if (user.startsWith('-')) throw new UsageError(`A user's name cannot begin with '-', was '${user}'`);
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    user: user || undefined,
    port: parsed.port ? Number(parsed.port) : undefined,
  };
}

const withoutPassword = (url: string): string => url.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1@');

/** The address as arguments of ssh, after all options. */
export const destination = ({ host, user, port }: SshAddress): string[] => [
  ...(port === undefined ? [] : ['-p', String(port)]),
  ...(user === undefined ? [] : ['-l', user]),
  '--',
  host,
];

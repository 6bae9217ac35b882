import { readFileSync } from 'node:fs';
import { UsageError } from '../../src/errors.ts';

/** What a Jupyter client writes into the connection file. */
export interface ConnectionInfo {
  readonly transport: string;
  readonly ip: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
  /** Shared secret that messages are signed with; empty: not signed. */
  readonly key: string;
  readonly signature_scheme: string;
}

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin' | 'hb';

const channels: readonly Channel[] = ['shell', 'control', 'iopub', 'stdin', 'hb'];

/** Reads a connection file. Throws UsageError if it is none, or asks for a signature other than hmac-sha256. */
export function readConnectionFile(path: string): ConnectionInfo {
  const info = parse(path);
  const missing = ['ip', 'key', ...channels.map((channel) => `${channel}_port`)].find(
    (field) => !(field in info),
  );
  if (missing) throw new UsageError(`'${path}' is no Jupyter connection file: it has no '${missing}'`);
  if (info.key && info.signature_scheme !== 'hmac-sha256')
    throw new UsageError(
      `The signature scheme must be hmac-sha256, '${path}' says '${info.signature_scheme}'`,
    );
  return info;
}

/** The address of a channel, as ZeroMQ writes it. */
export function address(info: ConnectionInfo, channel: Channel): string {
  const port = info[`${channel}_port`];
  return info.transport === 'ipc' ? `ipc://${info.ip}-${port}` : `${info.transport}://${info.ip}:${port}`;
}

function parse(path: string): ConnectionInfo {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ConnectionInfo;
  } catch (cause) {
    throw new UsageError(`Cannot read the connection file '${path}': ${(cause as Error).message}`, { cause });
  }
}

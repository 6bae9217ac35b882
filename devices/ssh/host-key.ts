import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DeviceError } from '../../src/errors.ts';
import { destination, type SshAddress } from './address.ts';

/** A host's key as it shows itself now: nobody has vouched for it. */
export interface HostKey {
  /** `SHA256:...`, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** `ED25519`, `RSA`. */
  readonly kind: string;
  /** The line for known_hosts. */
  readonly line: string;
}

const run = promisify(execFile);

/** Asks the host for its key, without logging in; jump hosts of the configuration are used. Throws DeviceError. */
export async function shownHostKey(
  device: string,
  address: SshAddress,
  options: readonly string[],
): Promise<HostKey> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-key-'));
  const known = join(folder, 'known_hosts');
  const words = [
    ...['BatchMode=yes', 'StrictHostKeyChecking=accept-new', `UserKnownHostsFile=${known}`],
    ...['GlobalKnownHostsFile=/dev/null', 'HashKnownHosts=no', 'UpdateHostKeys=no', 'ControlPath=none'],
    ...['PreferredAuthentications=none', 'ClearAllForwardings=yes', 'ConnectTimeout=8'],
  ].flatMap((option) => ['-o', option]);
  try {
    // It must fail: no way to log in is offered.
    await run('ssh', [...options, ...words, ...destination(address), 'true']).catch(() => {});
    const line = readFileSync(known, 'utf8').trim().split('\n').at(-1)!;
    const { stdout } = await run('ssh-keygen', ['-l', '-f', known]);
    const [, fingerprint = '', kind = ''] =
      /^\d+ (\S+) .*\((\S+)\)\s*$/.exec(stdout.trim().split('\n').at(-1)!) ?? [];
    return { fingerprint, kind, line };
  } catch (cause) {
    const text = `${device}: ${address.host} has shown no host key`;
    throw new DeviceError(text, { device, command: 'ssh', cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a key that the user trusts where the user's ssh looks for it. */
export async function trustHostKey(
  { line }: HostKey,
  address: SshAddress,
  options: readonly string[],
): Promise<void> {
  const { stdout } = await run('ssh', [...options, '-G', ...destination(address)]);
  const [, files = '~/.ssh/known_hosts'] = /^userknownhostsfile (.*)$/m.exec(stdout) ?? [];
  const path = files.split(' ')[0]!.replace(/^~(?=\/)/, homedir());
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, `${line}\n`, { mode: 0o600 });
}

import { UsageError } from '../../src/errors.ts';
import { isUnknownHost } from './failure.ts';
import { type HostKey, shownHostKey, trustHostKey } from './host-key.ts';
import type { SshTransport } from './ssh.ts';

export interface MeetOptions {
  /** The fingerprint that the user expects: `SHA256:...`. */
  readonly trust?: string | undefined;
  /** Asks the user; undefined, or a UsageError, where nobody can be asked. */
  readonly confirm?: ((question: string) => boolean) | undefined;
  /** Asks the user for a word, hidden while it is typed where it is secret. */
  readonly ask?: ((question: string, isSecret: boolean) => Promise<string>) | undefined;
  /** One line about the device. */
  readonly onNote?: (text: string) => void;
}

/**
 * Connects for the first time. A host that ssh does not know is trusted when its fingerprint is the expected one, or
 * when the user says so, never else. Throws DeviceError, and UsageError with the fingerprint.
 */
export async function meetHost(transport: SshTransport, options: MeetOptions): Promise<void> {
  try {
    await transport.connect();
  } catch (error) {
    if (!isUnknownHost(error)) throw error;
    const { name, address, options: ssh } = transport;
    const key = await shownHostKey(name, address, ssh);
    if (!isTrusted(key, transport, options))
      throw new UsageError(`'${name}' was not attached: its host key ${key.fingerprint} is not trusted`);
    await trustHostKey(key, address, ssh);
    await transport.connect();
  }
}

function isTrusted(key: HostKey, { name, address }: SshTransport, { trust, confirm }: MeetOptions): boolean {
  const what = `${address.host} shows the ${key.kind} host key ${key.fingerprint}, which is not known on this machine`;
  const compare = `Compare it with what 'ssh-keygen -lf /etc/ssh/ssh_host_${key.kind.toLowerCase()}_key.pub' prints on the device`;
  if (trust === key.fingerprint) return true;
  if (trust !== undefined)
    throw new UsageError(`${what}, and is not the ${trust} that you trust. ${compare}`);
  try {
    if (confirm) return confirm(`${what}. ${compare}. Trust it?`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  throw new UsageError(`${what}. ${compare}, then: %attach ${name} URL --trust ${key.fingerprint}`);
}

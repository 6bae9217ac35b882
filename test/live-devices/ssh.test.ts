import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SshTransport } from '../../devices/ssh/ssh.ts';
import { describeWith } from '../support/describe-with.ts';
import { conformance, homeHere } from './conformance.ts';
import { type SshRig, sessionProcesses, sshdProgram, startSshd } from './rig/sshd.ts';

const transportTo = ({ host, port, options }: SshRig, more: readonly string[] = []): SshTransport =>
  new SshTransport('edge', { host, port, user: undefined }, [...options, ...more]);

describeWith('ssh', [sshdProgram], () => {
  conformance('conformance', async () => {
    const rig = await startSshd();
    const transport = transportTo(rig);
    return {
      transport,
      home: homeHere(rig.home),
      close: async () => {
        await transport.close();
        rig.close();
      },
    };
  });

  let rig: SshRig;
  beforeAll(async () => {
    rig = await startSshd();
  });
  afterAll(() => rig.close());

  test('an unknown host is not trusted, and nothing is written down', async () => {
    const stranger = await startSshd({ known: false });
    const transport = transportTo(stranger);
    await expect(transport.exec(['true'])).rejects.toThrow('edge: the host key of 127.0.0.1 is not known');
    expect(readFileSync(join(stranger.folder, 'known_hosts'), 'utf8')).toBe('');
    await transport.close();
    stranger.close();
  });

  test('a changed host key is refused, and said', async () => {
    const other = await startSshd();
    const key = readFileSync(join(rig.folder, 'hostkey.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(join(other.folder, 'known_hosts'), `[127.0.0.1]:${other.port} ${key}\n`);
    const transport = transportTo(other);
    await expect(transport.exec(['true'])).rejects.toThrow(
      /shows another host key than the one you have known/,
    );
    await transport.close();
    other.close();
  });

  test('a key that the device does not take is said with the remedy', async () => {
    const transport = transportTo(rig, ['-o', 'PubkeyAuthentication=no']);
    await expect(transport.exec(['true'])).rejects.toThrow(
      /takes none of your keys. Copy one there by ssh-copy-id/,
    );
    await transport.close();
  });

  test('no server: an error within 10 s', async () => {
    const transport = transportTo({ ...rig, port: 1 });
    const begin = Date.now();
    await expect(transport.exec(['true'])).rejects.toThrow(/no ssh server listens on that port/);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await transport.close();
  });

  test('a jump host of the configuration is used', async () => {
    const inner = await startSshd();
    const config = join(inner.folder, 'ssh_config');
    const jump = `Host inner-board
HostName 127.0.0.1
Port ${inner.port}
ProxyCommand ssh -F ${join(rig.folder, 'ssh_config')} -p ${rig.port} -W %h:%p 127.0.0.1
`;
    writeFileSync(config, readFileSync(config, 'utf8') + jump);
    const transport = new SshTransport(
      'edge',
      { host: 'inner-board', port: undefined, user: undefined },
      inner.options,
    );
    expect((await transport.exec(['sh', '-c', 'pwd'])).stdout.toString().trim()).toBe(inner.home);
    await transport.close();
    inner.close();
  });

  test('sshd killed under a running command: an error at once, and the next command connects anew', async () => {
    const transport = transportTo(rig);
    const running = transport.exec(['sleep', '600']);
    await transport.exec(['true']);
    const begin = Date.now();
    for (const pid of sessionProcesses(rig)) killed(pid);
    await expect(running).rejects.toMatchObject({ name: 'DeviceError', device: 'edge' });
    expect(Date.now() - begin).toBeLessThan(2000);
    expect((await transport.exec(['echo', 'back'])).stdout.toString()).toBe('back\n');
    await transport.close();
  });

  test('a put that was cut goes on where it ended, and is never seen half', async () => {
    const transport = transportTo(rig);
    const bytes = randomBytes(40_000_000);
    await transport.put('big', Buffer.from('old'));
    const cut = transport.put('big', bytes, {
      onProgress: (sent) => {
        if (sent > 10_000_000) for (const pid of sessionProcesses(rig)) killed(pid);
      },
    });
    await expect(cut).rejects.toMatchObject({ name: 'DeviceError' });
    expect(readFileSync(join(rig.home, 'big'), 'utf8')).toBe('old');
    let first: number | undefined;
    await transport.put('big', bytes, { onProgress: (sent) => (first ??= sent) });
    expect(first).toBeGreaterThan(1_000_000);
    expect(readFileSync(join(rig.home, 'big')).equals(bytes)).toBe(true);
    expect(readdirSync(rig.home)).toEqual(['big']);
    await transport.close();
  });

  test('close ends what runs there', async () => {
    const transport = transportTo(rig);
    const running = transport.exec(['sleep', '601']);
    await transport.exec(['true']);
    await Promise.all([expect(running).rejects.toBeDefined(), transport.close()]);
    const other = transportTo(rig);
    expect((await other.exec(['ps', '-eo', 'args'])).stdout.toString()).not.toContain('sleep 601');
    await other.close();
    await expect(transport.exec(['true'])).rejects.toThrow('edge is detached');
  });
});

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone with its parent.
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { file } from '../../support/requirement.ts';

export const sshdProgram = file('/usr/sbin/sshd', 'install openssh-server');

/** A real sshd of this user, with a host key and an empty home folder of its own. */
export interface SshRig {
  readonly folder: string;
  /** What the device takes for the user's home. */
  readonly home: string;
  readonly port: number;
  readonly host: string;
  /** ssh options that make it known: key, known_hosts. */
  readonly options: readonly string[];
  /** The process that listens. */
  readonly server: ChildProcess;
  close(): void;
}

export interface SshRigOptions {
  /** Runs sshd in this network namespace, at this address. */
  readonly namespace?: { readonly name: string; readonly address: string };
  /** false: the host's key is not in known_hosts. */
  readonly known?: boolean;
}

export async function startSshd({ namespace, known = true }: SshRigOptions = {}): Promise<SshRig> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-sshd-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const host = namespace?.address ?? '127.0.0.1';
  const port = namespace ? 22 : await freePort();
  for (const name of ['id', 'hostkey'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(join(folder, 'id.pub')));
  const key = readFileSync(join(folder, 'hostkey.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  const knownName = port === 22 ? host : `[${host}]:${port}`;
  writeFileSync(join(folder, 'known_hosts'), known ? `${knownName} ${key}\n` : '');
  writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, { host, port, home }));
  writeFileSync(join(folder, 'ssh_config'), clientConfig(folder));
  chmodSync(join(folder, 'ssh_config'), 0o600);
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const argv = [sshdProgram.path, '-D', '-e', '-f', join(folder, 'sshd_config')];
  const full = namespace ? ['ip', 'netns', 'exec', namespace.name, ...argv] : argv;
  const server = spawn(full[0]!, full.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(server);
  const options = ['-F', join(folder, 'ssh_config')];
  return {
    ...{ folder, home, port, host, options, server },
    close: () => {
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const serverConfig = (folder: string, o: { host: string; port: number; home: string }): string =>
  `ListenAddress ${o.host}
Port ${o.port}
HostKey ${join(folder, 'hostkey')}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
SetEnv HOME=${o.home}
PasswordAuthentication no
UsePAM no
StrictModes no
PidFile none
UseDNS no
PrintMotd no
MaxSessions 100
MaxStartups 100
Subsystem sftp internal-sftp
`;

const clientConfig = (folder: string): string =>
  `IdentityFile ${join(folder, 'id')}
IdentitiesOnly yes
UserKnownHostsFile ${join(folder, 'known_hosts')}
GlobalKnownHostsFile /dev/null
User ${userInfo().username}
`;

function listening(server: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    server.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', () => reject(new Error(`sshd has not started: ${said}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The processes that serve connections to `rig`, as sshd forks them. */
export function sessionProcesses(rig: SshRig): number[] {
  const parents = new Map<number, number>();
  for (const line of execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    parents.set(pid!, parent!);
  }
  const below = (pid: number): number[] =>
    [...parents].flatMap(([child, parent]) => (parent === pid ? [child, ...below(child)] : []));
  return below(rig.server.pid!);
}

/** Waits until `holds`, at most `patience` ms. */
export async function until(holds: () => boolean | Promise<boolean>, patience = 5000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It did not hold within ${patience} ms: ${holds}`);
    await sleep(20);
  }
}

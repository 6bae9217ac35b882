import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceError } from '../../src/errors.ts';
import type { ExecOptions, ExecResult, PutOptions, Spawned, Transport } from '../device.ts';
import { getFile, putFile } from '../posix-files.ts';
import { spawnProcess } from '../process.ts';
import { runSpawned } from '../run-spawned.ts';
import { commandText, shellWords } from '../shell-words.ts';
import { destination, type SshAddress } from './address.ts';
import { AnnouncedGroup, announceGroup, withoutAnnouncement } from './announced-group.ts';
import { sshError, sshFailed } from './failure.ts';
import { lateSpawn } from './late-spawn.ts';
import { Master } from './master.ts';

/** How long the end of a command over there is waited for, in ms. */
const killPatience = 1000;

/**
 * A machine behind OpenSSH's client: the user's configuration, keys, agent, jump hosts and known_hosts apply. All
 * commands share one connection, which is made anew when it was lost.
 */
export class SshTransport implements Transport {
  readonly name: string;
  readonly address: SshAddress;
  /** More options of ssh. */
  readonly options: readonly string[];
  readonly #master: Master;
  readonly #running = new Set<Spawned>();

  /** `options`: more options of ssh, such as `['-F', file]`. */
  constructor(name: string, address: SshAddress, options: readonly string[] = []) {
    this.name = name;
    this.address = address;
    this.options = options;
    this.#master = new Master({ device: name, address, options });
    this.spawn = this.spawn.bind(this);
  }

  /** Makes the connection now. Throws DeviceError with what hinders it. */
  connect(): Promise<void> {
    return this.#master.connected();
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runSpawned(this.spawn(argv), { device: this.name, command: commandText(argv), ...options });
  }

  spawn(argv: readonly string[]): Spawned {
    const spawned = lateSpawn(this.#master.connected(), () => this.#start(argv));
    this.#running.add(spawned);
    const over = () => void this.#running.delete(spawned);
    spawned.exit.then(over, over);
    return spawned;
  }

  put(path: string, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    return putFile(this, path, { bytes, ...options });
  }

  get(path: string, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return getFile(this, path, options);
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    for (const spawned of running) spawned.kill();
    await Promise.allSettled(running.map(({ exit }) => exit));
    await this.#master.close();
  }

  #start(argv: readonly string[]): Spawned {
    const group = new AnnouncedGroup();
    const spawned = spawnProcess(this.#client(shellWords(['sh', '-c', announceGroup, 'sh', ...argv])), {
      device: this.name,
      command: commandText(argv),
      failure: (code, stderr) => (code === sshFailed ? this.#failure(stderr) : undefined),
      onStderr: (bytes) => group.filter(bytes),
    });
    return { ...spawned, kill: () => void this.#kill(spawned, group) };
  }

  /** The arguments of ssh that run `words` over the connection; never over one of its own. */
  #client(words: string): string[] {
    const fixed = ['ControlMaster=no', 'BatchMode=yes', 'ClearAllForwardings=yes', 'ProxyCommand=false'];
    const options = fixed.flatMap((option) => ['-o', option]);
    const { socket } = this.#master;
    return ['ssh', ...this.options, '-S', socket, '-T', ...options, ...destination(this.address), words];
  }

  #failure(stderr: string): DeviceError {
    const said = this.#master.said.trim() ? this.#master.said : withoutAnnouncement(stderr);
    return sshError(this.name, this.address.host, said);
  }

  /** Ends the command there, then the client here. */
  async #kill(spawned: Spawned, group: AnnouncedGroup): Promise<void> {
    const number = await Promise.race([group.number, spawned.exit.catch(() => {}), sleep(killPatience)]);
    if (typeof number === 'string' && this.#master.isConnected) {
      const kill = spawnProcess(this.#client(`kill -KILL -- -${number}`), {
        device: this.name,
        command: 'kill',
      });
      kill.end();
      await Promise.race([kill.exit.catch(() => {}), sleep(killPatience)]);
      kill.kill();
    }
    spawned.kill();
  }
}

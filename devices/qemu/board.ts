import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceError } from '../../src/errors.ts';
import type { BoardSize } from './address.ts';
import type { Image, StepOptions } from './image.ts';
import { searchPath } from './requirements.ts';
import { hostAlias, readyMark, user } from './system-files.ts';

/** How long a board may take to start, in ms: 4 s on a quiet machine. */
const bootPatience = 60_000;
const address = '127.0.0.1';

export interface BoardOptions extends StepOptions {
  /** The device's name. */
  readonly device: string;
  readonly size: BoardSize;
}

/** An emulated machine that runs: its disk is the image's, and what it writes there ends with it. */
export class Board {
  /** Options of ssh that lead to it, whatever the host's name, with a key and a known host of its own: nothing of the user's. */
  readonly sshOptions: readonly string[];
  readonly #device: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #said = '';
  #isOver = false;

  /** Starts it and waits until its sshd listens. Throws DeviceError if it does not come up within a minute. */
  static async start(image: Image, options: BoardOptions): Promise<Board> {
    options.signal?.throwIfAborted();
    options.onStep?.('booting');
    const board = new Board(image, options, await freePort());
    try {
      await board.#booted(options.signal);
      return board;
    } catch (error) {
      await board.close();
      throw error;
    }
  }

  private constructor(image: Image, { device, size }: BoardOptions, port: number) {
    this.#device = device;
    this.#folder = mkdtempSync(join(tmpdir(), 'edgebook-qemu-'));
    const config = join(this.#folder, 'ssh_config');
    writeFileSync(config, sshConfig(image, port));
    chmodSync(config, 0o600);
    this.sshOptions = ['-F', config];
    const [program, ...words] = boardArguments(image, { size, port, qmp: this.qmp });
    const env = { ...process.env, PATH: searchPath() };
    this.#process = spawn(program!, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-4096);
    };
    this.#process.stdout!.on('data', keep);
    this.#process.stderr!.on('data', keep);
    this.#ended = new Promise((resolve) => {
      const over = () => {
        this.#isOver = true;
        rmSync(this.#folder, { recursive: true, force: true });
        resolve();
      };
      this.#process.once('error', over);
      this.#process.once('close', over);
    });
  }

  /** The socket of QEMU's own protocol: cable out, pause, reset. */
  get qmp(): string {
    return join(this.#folder, 'qmp');
  }

  get isRunning(): boolean {
    return !this.#isOver;
  }

  /** The last that the board has written on its console. */
  get console(): string {
    return this.#said;
  }

  /** The emulator's process here. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Waits for the console's word that it is up. */
  async #booted(signal: AbortSignal | undefined): Promise<void> {
    const deadline = Date.now() + bootPatience;
    while (!this.#said.includes(readyMark)) {
      signal?.throwIfAborted();
      const last = this.#said.trim().split('\n').at(-1)?.trim() || 'it says nothing';
      if (this.#isOver) throw this.#error(`The emulated board has ended while it started: ${last}`);
      if (Date.now() > deadline)
        throw this.#error(`The emulated board has not started within ${bootPatience / 1000} s: ${last}`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), this.#ended]);
    }
  }

  #error(why: string): DeviceError {
    return new DeviceError(`${this.#device}: ${why}`, { device: this.#device, command: 'qemu' });
  }

  /** Ends it at once; resolves when it is gone. */
  async close(): Promise<void> {
    if (!this.#isOver) this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

interface Start {
  readonly size: BoardSize;
  readonly port: number;
  readonly qmp: string;
}

/**
 * setpriv has the kernel end the emulator when this process ends, however it does. Its disk takes changes into a file
 * without a name, and its network leads nowhere but to its sshd. The Cortex-A76 starts four times as fast as `max`.
 * norandmaps: QEMU translates code anew for each virtual address it lies at, so each start of a program would add to the
 * translations of the same pages, and to reuse such a page for something else would halt the board for up to ten seconds.
 */
function boardArguments(image: Image, { size, port, qmp }: Start): string[] {
  return [
    ...['setpriv', '--pdeathsig', 'KILL', 'qemu-system-aarch64', '-nodefaults', '-no-user-config'],
    ...['-M', 'virt', '-cpu', 'cortex-a76', '-smp', `${size.cpus}`, '-m', `${size.memory}`],
    ...['-accel', 'tcg,thread=multi', '-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', 'console=ttyAMA0 quiet loglevel=3 rdinit=/init panic=-1 norandmaps'],
    ...['-drive', `file=${image.disk},format=raw,if=none,id=disk,snapshot=on`],
    ...['-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-rng-pci'],
    ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:${address}:${port}-:22`],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-display', 'none', '-serial', 'stdio', '-monitor', 'none'],
    ...['-qmp', `unix:${qmp},server=on,wait=off`],
  ];
}

const sshConfig = (image: Image, port: number): string =>
  `HostName ${address}
Port ${port}
User ${user}
HostKeyAlias ${hostAlias}
IdentityFile "${image.key}"
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile "${image.knownHosts}"
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../src/errors.ts';
import { destination, type SshAddress } from './address.ts';
import { sshError } from './failure.ts';

export interface MasterOptions {
  readonly device: string;
  readonly address: SshAddress;
  /** More options of ssh, such as `['-F', file]`. */
  readonly options: readonly string[];
}

/** All tries to connect end within this, in ms. */
const patience = 9000;
/** Between tries, in ms; each is twice the one before. */
const firstWait = 250;
/** A link that says nothing for three times so many seconds is lost. */
const aliveInterval = 2;

/** What ssh says where another try may go better. */
const transient =
  /Connection refused|Connection reset|Connection closed|No route to host|unreachable|kex_exchange/i;

/**
 * One connection to a device, over which all commands go (ControlMaster): they start within milliseconds, and a
 * link that is lost is seen once for all of them.
 */
export class Master {
  readonly #options: MasterOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'edgebook-ssh-'));
  #process: ChildProcess | undefined;
  #connecting: Promise<void> | undefined;
  #said = '';
  #closed = false;

  constructor(options: MasterOptions) {
    this.#options = options;
  }

  /** Where commands reach the connection. */
  get socket(): string {
    return join(this.#folder, 's');
  }

  /** What ssh has said about the connection, the newest last. */
  get said(): string {
    return this.#said;
  }

  get isConnected(): boolean {
    return this.#process !== undefined;
  }

  /** Connects unless it is connected; tries again, ever slower, while the device may be starting. Throws DeviceError. */
  connected(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError());
    this.#connecting ??= this.#renewed().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** A connection that ends may take commands no more before its process is gone. */
  async #renewed(): Promise<void> {
    if (this.#process && (await takesConnections(this.socket))) return;
    this.#process?.kill('SIGKILL');
    await this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#process;
    child?.kill();
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(): Promise<void> {
    const deadline = Date.now() + patience;
    for (let wait = firstWait; ; wait *= 2) {
      try {
        await this.#start(deadline);
        return;
      } catch (error) {
        if (this.#closed || !transient.test(this.#said) || Date.now() + wait > deadline - 1000) throw error;
        await sleep(wait);
      }
    }
  }

  async #start(deadline: number): Promise<void> {
    const { address, options } = this.#options;
    const seconds = Math.max(1, Math.floor((deadline - Date.now()) / 1000));
    const argv = [
      ...options,
      '-M',
      '-N',
      '-S',
      this.socket,
      ...connectionOptions(seconds),
      ...destination(address),
    ];
    rmSync(this.socket, { force: true });
    this.#said = '';
    // Ends with this process, however that ends: its input does.
    const child = spawn('ssh', [...argv, 'exec cat >/dev/null'], { stdio: ['pipe', 'ignore', 'pipe'] });
    child.stdin.on('error', () => {});
    this.#process = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-4096);
    });
    const ended = new Promise<'ended'>((resolve) => {
      child.once('close', () => resolve('ended'));
      child.once('error', ({ message }) => {
        this.#said = `ssh could not be started: ${message}. Install OpenSSH's client`;
        resolve('ended');
      });
    });
    void ended.then(() => {
      if (this.#process === child) this.#process = undefined;
    });
    if ((await Promise.race([ended, this.#answers(child, deadline)])) === 'ended') throw this.error();
  }

  /** Waits until the connection takes commands. */
  async #answers(child: ChildProcess, deadline: number): Promise<'connected' | 'ended'> {
    while (!(await takesConnections(this.socket))) {
      if (this.#closed) return 'ended';
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        this.#said += '\nConnection timed out';
        return 'ended';
      }
      await sleep(10);
    }
    return 'connected';
  }

  /** Why there is no connection. */
  error(): DeviceError {
    if (this.#closed) return this.#closedError();
    const { device, address } = this.#options;
    return sshError(device, address.host, this.#said);
  }

  #closedError(): DeviceError {
    const { device } = this.#options;
    return new DeviceError(`${device} is detached. Attach it again by %attach ${device} URL`, { device });
  }
}

/** Never a question on a terminal, never an unknown key, no forwarding that a configuration may ask for. */
const connectionOptions = (seconds: number): string[] =>
  [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'ControlPersist=no',
    'ClearAllForwardings=yes',
    `ConnectTimeout=${seconds}`,
    `ServerAliveInterval=${aliveInterval}`,
    'ServerAliveCountMax=3',
    'TCPKeepAlive=yes',
  ].flatMap((option) => ['-o', option]);

function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

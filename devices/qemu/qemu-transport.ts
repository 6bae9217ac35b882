import type { ExecOptions, ExecResult, PutOptions, Spawned, Transport } from '../device.ts';
import { lateSpawn } from '../ssh/late-spawn.ts';
import { SshTransport } from '../ssh/ssh.ts';
import { boardSize } from './address.ts';
import { Board } from './board.ts';
import { boardImage, type StepOptions } from './image.ts';
import { hostAlias } from './system-files.ts';

/**
 * An emulated board of this machine's own, made and started when it is first used, and reached by ssh. One that has
 * ended is started anew, bare.
 */
export class QemuTransport implements Transport {
  readonly name: string;
  readonly #size: ReturnType<typeof boardSize>;
  #starting: Promise<SshTransport> | undefined;
  #board: Board | undefined;
  #ssh: SshTransport | undefined;
  #closed = false;

  /** `url`: `qemu:arm64[?memory=MB&disk=MB&cpus=N]`. Throws UsageError. */
  constructor(name: string, url: string) {
    this.name = name;
    this.#size = boardSize(url);
  }

  /** The machine that runs, if one does. */
  get board(): Board | undefined {
    return this.#board?.isRunning ? this.#board : undefined;
  }

  /** Makes and starts the board unless it runs. Throws DeviceError, and UsageError where it cannot be made here. */
  started(options: StepOptions = {}): Promise<SshTransport> {
    if (this.#ssh && (this.#closed || this.board)) return Promise.resolve(this.#ssh);
    this.#starting ??= this.#start(options).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return (await this.started(options)).exec(argv, options);
  }

  spawn(argv: readonly string[]): Spawned {
    const { board } = this;
    if (board && this.#ssh) return this.#ssh.spawn(argv);
    let ssh: SshTransport | undefined;
    const ready = this.started().then((transport) => {
      ssh = transport;
    });
    return lateSpawn(ready, () => ssh!.spawn(argv));
  }

  async put(path: string, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    return (await this.started(options)).put(path, bytes, options);
  }

  async get(path: string, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return (await this.started(options)).get(path, options);
  }

  /** Shuts the board down: what was written there is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#starting?.catch(() => {});
    await this.#ssh?.close();
    await this.#board?.close();
  }

  async #start(options: StepOptions): Promise<SshTransport> {
    await this.#ssh?.close();
    const image = await boardImage(this.#size.disk, options);
    this.#board = await Board.start(image, { ...options, device: this.name, size: this.#size });
    const address = { host: hostAlias, port: undefined, user: undefined };
    this.#ssh = new SshTransport(this.name, address, this.#board.sshOptions);
    options.onStep?.('connecting');
    await this.#ssh.connect();
    return this.#ssh;
  }
}

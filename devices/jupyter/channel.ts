import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { DeviceError } from '../../src/errors.ts';
import type { KernelSession } from './kernel-session.ts';

/** A message to or from a program in a kernel. */
export interface ChannelMessage {
  readonly op: string;
  readonly id?: number;
  readonly [field: string]: unknown;
}

export interface ChannelOptions {
  readonly device: string;
  /** Registers the target there; runs each time, and must not mind. */
  readonly program: string;
  readonly target: string;
  readonly onMessage: (message: ChannelMessage, bytes: Uint8Array) => void;
  /** The kernel, or the way to it, is lost; called once. */
  readonly onLost: (error: DeviceError) => void;
}

/** The program answers within this when its kernel does, in ms. */
const patience = 15_000;

type Comm = Kernel.IComm;
type JsonObject = Parameters<Comm['send']>[0];

/** Binary messages to and from a program in a kernel, beside its cells: a comm of the Jupyter protocol. */
export class Channel {
  readonly #comm: Comm;
  readonly #kernel: Kernel.IKernelConnection;
  readonly #options: ChannelOptions;
  #open = true;
  #answered = (): void => {};

  private constructor(kernel: Kernel.IKernelConnection, options: ChannelOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#comm = kernel.createComm(options.target);
  }

  /** Throws DeviceError where the program does not answer, RemoteError where it cannot run there. */
  static async open(session: KernelSession, options: ChannelOptions): Promise<Channel> {
    await session.execute(options.program, { silent: true });
    const channel = new Channel(await session.connected(), options);
    await channel.#greet();
    return channel;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(message: ChannelMessage, bytes?: Uint8Array): void {
    if (!this.#open) return;
    // A copy: the package sends all of the memory that a view is of.
    const buffers = bytes ? [new Uint8Array(bytes).buffer] : [];
    this.#comm.send(message as JsonObject, undefined, buffers);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopWatching();
    if (!this.#kernel.isDisposed && this.#kernel.connectionStatus === 'connected') this.#comm.close();
  }

  async #greet(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    let lost: (error: DeviceError) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      lost = reject;
    });
    const timer = setTimeout(() => lost(this.#error('has not answered')), patience);
    this.#watch();
    this.#comm.onMsg = (message) => this.#receive(message);
    this.#comm.onClose = () => {
      lost(this.#error('was refused'));
      this.#lost('has ended');
    };
    this.#comm.open({});
    try {
      await Promise.race([ready, failed]);
    } finally {
      clearTimeout(timer);
    }
  }

  #receive({ content, buffers }: KernelMessage.ICommMsgMsg): void {
    const message = content.data as unknown as ChannelMessage;
    if (message.op === 'ready') this.#answered();
    else this.#options.onMessage(message, bytesOf(buffers?.[0]));
  }

  readonly #onConnection = (_: unknown, status: Kernel.ConnectionStatus): void => {
    if (status !== 'connected') this.#lost('was lost with the connection');
  };

  readonly #onStatus = (_: unknown, status: Kernel.Status): void => {
    if (status === 'autorestarting' || status === 'dead') this.#lost('was lost: its kernel has died');
  };

  #watch(): void {
    this.#kernel.connectionStatusChanged.connect(this.#onConnection);
    this.#kernel.statusChanged.connect(this.#onStatus);
  }

  #stopWatching(): void {
    this.#kernel.connectionStatusChanged.disconnect(this.#onConnection);
    this.#kernel.statusChanged.disconnect(this.#onStatus);
  }

  #lost(what: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopWatching();
    this.#options.onLost(this.#error(what));
  }

  #error(what: string): DeviceError {
    const { device } = this.#options;
    return new DeviceError(`${device}: the way to its commands ${what}`, { device, command: 'jupyter' });
  }
}

function bytesOf(buffer: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (!buffer) return new Uint8Array();
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

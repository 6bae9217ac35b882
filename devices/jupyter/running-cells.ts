import { setTimeout as sleep } from 'node:timers/promises';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { DeviceError } from '../../src/errors.ts';
import { jupyterServices } from './services.ts';

/** A way that is lost may come back within this before a cell is given up, in ms. */
const grace = 3500;
/** After an interrupt a cell must end within this, in ms. */
const interruptPatience = 9000;
/** So often the server is asked whether a kernel has anything to do, in ms. */
const interval = 1000;

/** Something that a kernel does now. */
export interface Pending {
  readonly kernel: Kernel.IKernelConnection;
  readonly done: Promise<KernelMessage.IMessage | undefined>;
  /** Gives it up after so many ms. */
  readonly patience?: number;
}

interface Asked {
  readonly kernel: Kernel.IKernelConnection;
  readonly future: Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>;
  readonly signal: AbortSignal | undefined;
}

/** The cells that run in a kernel: each ends with its reply, or with what has become of the kernel or the way to it. */
export class RunningCells {
  readonly #device: string;
  readonly #fails = new Set<(error: Error) => void>();

  constructor(device: string) {
    this.#device = device;
  }

  get any(): boolean {
    return this.#fails.size > 0;
  }

  /** All that run end with this error. */
  fail(error: Error): void {
    for (const fail of this.#fails) fail(error);
  }

  /** The reply to a cell. An abort interrupts it. Throws DeviceError. */
  async outcome({ kernel, future, signal }: Asked): Promise<KernelMessage.IMessage> {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      const fail = (why: string, cause?: unknown) => this.fail(this.#error(why, cause));
      kernel.interrupt().catch((cause) => fail('The interrupt has not arrived', cause));
      timer = setTimeout(
        () =>
          fail(`The cell goes on ${interruptPatience / 1000} s after its interrupt. %detach ends its kernel`),
        interruptPatience,
      );
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return (await this.within({ kernel, done: future.done }, ''))!;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // What comes now belongs to no cell.
      future.onIOPub = () => {};
    }
  }

  /** What `done` gives, unless kernel or connection are lost. Throws DeviceError. */
  async within(
    { kernel, done, patience }: Pending,
    what: string,
  ): Promise<KernelMessage.IMessage | undefined> {
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {});
    this.#fails.add(fail);
    const watch = this.#watchConnection(kernel, fail);
    const timer =
      patience && setTimeout(() => fail(this.#error(`${what} within ${patience / 1000} s`)), patience);
    try {
      return await Promise.race([done.catch(() => this.#canceled()), failed]);
    } finally {
      if (timer) clearTimeout(timer);
      watch.dispose();
      this.#fails.delete(fail);
    }
  }

  /** A future is canceled when its kernel dies, which is told a little later, and better. */
  async #canceled(): Promise<never> {
    await sleep(1000);
    throw this.#error('The kernel has ended. All its variables are lost; the next cell starts a new one');
  }

  #watchConnection(kernel: Kernel.IKernelConnection, fail: (error: Error) => void): { dispose(): void } {
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const again = ' Its variables stay as long as its kernel: the next cell connects anew';
    const onStatus = (_: Kernel.IKernelConnection, status: Kernel.ConnectionStatus) => {
      clearTimeout(timer);
      if (status === 'connected')
        void ended(kernel, () => isOver).then(() =>
          fail(this.#error(`The connection was lost, and with it how the cell has ended.${again}`)),
        );
      else
        timer = setTimeout(
          () => fail(this.#error(`The connection is lost. The cell may still run there.${again}`)),
          grace,
        );
    };
    // One that is being made for the first time is watched by its patience.
    let first = kernel.connectionStatus !== 'connected';
    const listener: typeof onStatus = (sender, status) => {
      if (first && status === 'connected') first = false;
      else onStatus(sender, status);
    };
    kernel.connectionStatusChanged.connect(listener);
    return {
      dispose: () => {
        isOver = true;
        clearTimeout(timer);
        kernel.connectionStatusChanged.disconnect(listener);
      },
    };
  }

  #error(text: string, cause?: unknown): DeviceError {
    const where = { device: this.#device, command: 'cell', ...(cause !== undefined && { cause }) };
    return new DeviceError(`${this.#device}: ${text}`, where);
  }
}

/**
 * Resolves when a kernel has nothing to do any more, by what its server says of it, or when nobody waits: a connection
 * that is made anew may miss what the kernel says, even all of it.
 */
async function ended(kernel: Kernel.IKernelConnection, isOver: () => boolean): Promise<void> {
  const { KernelAPI } = jupyterServices();
  for (let idle = 0; idle < 2 && !isOver(); ) {
    await sleep(interval);
    const model = await KernelAPI.getKernelModel(kernel.id, kernel.serverSettings).catch(() => undefined);
    idle = model?.execution_state === 'idle' ? idle + 1 : 0;
  }
}

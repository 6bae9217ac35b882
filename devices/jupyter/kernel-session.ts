import { setTimeout as sleep } from 'node:timers/promises';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { DeviceError } from '../../src/errors.ts';
import type { RemoteFailure, RemoteOutput } from '../agent/protocol.ts';
import { RemoteError } from '../agent/remote-error.ts';
import { isMissing, jupyterError } from './failure.ts';
import { outputOf } from './outputs.ts';
import { type Pending, RunningCells } from './running-cells.ts';
import type { JupyterServer, KernelKind } from './server.ts';
import { jupyterServices } from './services.ts';
import { failureOf } from './traceback.ts';

export interface RunOptions {
  /** The cell's number here, which errors show. */
  readonly count?: number;
  readonly onOutput?: (output: RemoteOutput) => void;
  /** Answers what the cell asks; without, the kernel says that nobody can be asked. */
  readonly onInput?: (question: string, password: boolean) => Promise<string>;
  /** Told what the user must know before the cell runs: that variables are lost. */
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Leaves no trace in the kernel's history, and shows nothing. */
  readonly silent?: boolean;
}

/** A kernel of a small board may take so long to answer first, in ms. */
const startPatience = 60_000;
/** A connection that is made anew is there within this, in ms. */
const reconnectPatience = 5000;
/** A kernel that has nothing to do answers within this, in ms. */
const answerPatience = 1500;

/** One kernel of a server, whose variables stay until it ends: cells run in it one after another. */
export class KernelSession {
  readonly #server: JupyterServer;
  readonly #name: string | undefined;
  readonly #running: RunningCells;
  #kernel: Kernel.IKernelConnection | undefined;
  #connecting: Promise<Kernel.IKernelConnection> | undefined;
  /** Its process, by the name that it gives itself: another one has no variables. */
  #process: string | undefined;
  #note: string | undefined;
  /** Whether the server starts the kernel again, after its death. */
  #restarting = false;
  /** Whether the connection was cut since the kernel last answered. */
  #isSuspect = false;
  /** The number here of each cell's number there. */
  #numbers = new Map<number, number>();

  /** `name`: of the kernelspec; the server's default without. */
  constructor(server: JupyterServer, name?: string) {
    this.#server = server;
    this.#name = name;
    this.#running = new RunningCells(server.device);
  }

  /** The process of the kernel that is connected, by the name that it gives itself. */
  get process(): string | undefined {
    return this.#process;
  }

  kind(): Promise<KernelKind> {
    return this.#server.kind(this.#name);
  }

  /** The kernel, connected: started where there is none, reached anew where the way was lost. Throws DeviceError. */
  async connected(onNote?: (text: string) => void): Promise<Kernel.IKernelConnection> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    const kernel = await this.#connecting;
    if (this.#note) onNote?.(this.#note);
    this.#note = undefined;
    return kernel;
  }

  /**
   * Runs a cell, in the kernel's language. Throws RemoteError with what the cell threw, the signal's reason, or
   * DeviceError where the kernel or the way to it is lost.
   */
  async execute(code: string, options: RunOptions = {}): Promise<void> {
    const { count, onOutput, onInput, onNote, signal, silent = false } = options;
    signal?.throwIfAborted();
    const kernel = await this.connected(onNote);
    const future = kernel.requestExecute({
      ...{ code, silent, store_history: !silent, stop_on_error: true },
      allow_stdin: onInput !== undefined,
    });
    future.onIOPub = (message) => {
      const output = outputOf(message);
      if (output) onOutput?.(output);
    };
    future.onStdin = (message) => {
      if (message.header.msg_type === 'input_request' && onInput)
        void answer(kernel, message as KernelMessage.IInputRequestMsg, onInput);
    };
    const reply = await this.#running.outcome({ kernel, future, signal });
    const { content } = reply as {
      readonly content: RemoteFailure & { status: string; execution_count: number };
    };
    if (count !== undefined) this.#numbers.set(content.execution_count, count);
    signal?.throwIfAborted();
    if (content.status !== 'ok')
      throw new RemoteError(this.#server.device, failureOf(withoutGaps(content), this.#numbers));
  }

  /** Ends the kernel there. */
  async close(): Promise<void> {
    const kernel = this.#kernel;
    this.#kernel = undefined;
    this.#running.fail(this.#error('The device was detached'));
    if (!kernel || kernel.isDisposed) return;
    await Promise.race([kernel.shutdown().catch(() => {}), sleep(3000)]);
    kernel.dispose();
  }

  async #connect(): Promise<Kernel.IKernelConnection> {
    const kernel = this.#kernel;
    if (!kernel) return this.#start();
    if (!kernel.isDisposed && kernel.status !== 'dead') {
      if (!this.#isSuspect || this.#running.any) return kernel;
      const again = await this.#reconnected(kernel);
      if (again) return again;
      this.#lose('is no longer there: was the server restarted?');
      kernel.dispose();
    }
    return this.#start();
  }

  async #start(): Promise<Kernel.IKernelConnection> {
    const kind = await this.kind();
    const kernel = await this.#server.start(kind);
    this.#kernel = kernel;
    this.#process = undefined;
    this.#restarting = false;
    this.#isSuspect = false;
    this.#watch(kernel);
    const info = kernel.info.then(() => undefined);
    const pending: Pending = { kernel, done: info, patience: startPatience };
    try {
      await this.#running.within(pending, `The kernel '${kind.name}' has not answered`);
      return kernel;
    } catch (error) {
      kernel.dispose();
      this.#note = undefined;
      throw error;
    }
  }

  /** The kernel, if the server still has it. Throws DeviceError where the server cannot be reached. */
  async #reconnected(kernel: Kernel.IKernelConnection): Promise<Kernel.IKernelConnection | undefined> {
    await this.#server.reach();
    // One that the server starts again is being reached already, and may take its time.
    if (this.#restarting) await Promise.race([isConnected(kernel), sleep(startPatience)]);
    try {
      if (kernel.connectionStatus === 'connected' && (await answers(kernel))) {
        this.#isSuspect = false;
        return kernel;
      }
      const model = await jupyterServices().KernelAPI.getKernelModel(kernel.id, kernel.serverSettings);
      return model && (await this.#reachedAnew(kernel));
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw jupyterError(this.#server.device, this.#server.address.baseUrl, cause);
    }
  }

  /** Another connection in place of one that was cut, to which old servers may send nothing any more. */
  async #reachedAnew(old: Kernel.IKernelConnection): Promise<Kernel.IKernelConnection> {
    const kernel = this.#server.connectTo(old.model);
    this.#kernel = kernel;
    old.dispose();
    this.#isSuspect = false;
    this.#watch(kernel);
    const late = sleep(reconnectPatience, 'late' as const);
    if ((await Promise.race([isConnected(kernel), late])) === 'late') throw new Error('timeout');
    // Its answer shows whether it is the same process; one that is busy answers later.
    await answers(kernel);
    return kernel;
  }

  #watch(kernel: Kernel.IKernelConnection): void {
    const isOld = () => this.#kernel !== kernel;
    kernel.statusChanged.connect((_, status) => {
      if (isOld()) return;
      if (status === 'autorestarting') this.#restarting = true;
      if (status === 'autorestarting')
        this.#lose('has died (killed, or out of memory?). The server has started it again');
      if (status === 'dead') this.#lose('has died and is gone. The next cell starts a new one');
    });
    kernel.connectionStatusChanged.connect((_, status) => {
      if (!isOld() && status !== 'connected') this.#isSuspect = true;
    });
    kernel.iopubMessage.connect((_, message) => {
      const { execution_state: state } = message.content as { readonly execution_state?: string };
      // The server itself tells of restarts, under another name.
      if (isOld() || (state !== 'busy' && state !== 'idle')) return;
      const { session } = message.header;
      if (this.#process !== undefined && this.#process !== session) this.#lose('has been started anew');
      this.#process = session;
      this.#restarting = false;
    });
  }

  /** The kernel's variables are gone: cells that run there fail, or the next one begins with a note. */
  #lose(what: string): void {
    const wasRunning = this.#running.any;
    this.#numbers = new Map();
    this.#process = undefined;
    const error = this.#error(`Its kernel ${what}. All its variables are lost`);
    this.#running.fail(error);
    if (!wasRunning) this.#note = error.message;
  }

  #error(text: string): DeviceError {
    const { device } = this.#server;
    return new DeviceError(`${device}: ${text}`, { device, command: 'cell' });
  }
}

/** Whether it answers at once; one that is busy does not. */
const answers = (kernel: Kernel.IKernelConnection): Promise<boolean> =>
  Promise.race([kernel.requestKernelInfo().then(() => true), sleep(answerPatience, false)]);

function isConnected(kernel: Kernel.IKernelConnection): Promise<void> {
  return new Promise((resolve) => {
    const onStatus = (_: Kernel.IKernelConnection, status: Kernel.ConnectionStatus) => {
      if (status !== 'connected') return;
      kernel.connectionStatusChanged.disconnect(onStatus);
      resolve();
    };
    kernel.connectionStatusChanged.connect(onStatus);
    if (kernel.connectionStatus === 'connected') onStatus(kernel, 'connected');
  });
}

async function answer(
  kernel: Kernel.IKernelConnection,
  { content, header }: KernelMessage.IInputRequestMsg,
  onInput: NonNullable<RunOptions['onInput']>,
): Promise<void> {
  try {
    const value = await onInput(content.prompt, content.password);
    kernel.sendInputReply({ status: 'ok', value }, header);
  } catch {
    // Interrupted, or nobody is there: the kernel must not wait for good.
    await kernel.interrupt().catch(() => {});
  }
}

/** What the protocol wants and some kernels leave out. */
const withoutGaps = ({ ename, evalue, traceback }: Partial<RemoteFailure>): RemoteFailure => ({
  ename: ename ?? 'Aborted',
  evalue: evalue ?? 'the kernel has not run the cell, since one before it failed',
  traceback: traceback ?? [],
});

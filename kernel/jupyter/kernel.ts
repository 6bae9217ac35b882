import { setImmediate as immediate } from 'node:timers/promises';
import type { Session } from '../session.ts';
import type { ConnectionInfo } from './connection.ts';
import type { Handler, KernelHost } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { type Content, createMessage, type Message } from './message.ts';
import { SendQueue } from './send-queue.ts';
import { bindSockets, closeSockets, type Sockets, subscriptions } from './sockets.ts';
import { decode, encode } from './wire.ts';

type RequestChannel = 'shell' | 'control';

/** Serves Jupyter clients: binds the sockets, answers requests, until it is told to shut down. */
export class JupyterKernel implements KernelHost {
  readonly #info: ConnectionInfo;
  readonly #sockets: Sockets;
  readonly #queues: Record<RequestChannel | 'iopub', SendQueue>;
  readonly #waiting: Message[] = [];
  #busyWithShell = false;
  #mustAbort = false;
  readonly session: Session;
  #resolveEnded: () => void = () => {};
  /** Resolves when the kernel has shut down. */
  readonly ended = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve;
  });

  private constructor(info: ConnectionInfo, session: Session, sockets: Sockets) {
    this.#info = info;
    this.#sockets = sockets;
    const { shell, control, iopub } = sockets;
    this.#queues = {
      shell: new SendQueue(shell),
      control: new SendQueue(control),
      iopub: new SendQueue(iopub),
    };
    this.session = session;
  }

  /** Starts serving `session`; resolves when the sockets are bound. */
  static async start(info: ConnectionInfo, session: Session): Promise<JupyterKernel> {
    const kernel = new JupyterKernel(info, session, await bindSockets(info));
    kernel.#broadcast(createMessage({ type: 'status', content: { execution_state: 'starting' } }));
    void kernel.#greetSubscribers();
    void kernel.#receive('shell', (message) => kernel.#enqueue(message));
    void kernel.#receive('control', (message) => void kernel.#answer('control', message));
    return kernel;
  }

  publish(request: Message, type: string, content: Content, metadata: Content = {}): void {
    this.#broadcast(createMessage({ type, content, metadata, parent: request.header }));
  }

  abortQueued(): void {
    this.#mustAbort = true;
  }

  shutDown(): void {
    this.#waiting.length = 0;
    setImmediate(async () => {
      await this.session.close();
      await Promise.all(Object.values(this.#queues).map((queue) => queue.drained()));
      closeSockets(this.#sockets);
      this.#resolveEnded();
    });
  }

  #broadcast(message: Message): void {
    const topic = Buffer.from(message.header.msg_type);
    this.#queues.iopub.send(encode({ ...message, identities: [topic] }, this.#info.key));
  }

  /** Protocol 5.5: a client knows by the welcome that it hears all that follows. */
  async #greetSubscribers(): Promise<void> {
    for await (const { topic, wanted, apply } of subscriptions(this.#sockets.iopub)) {
      if (!wanted) {
        apply();
        continue;
      }
      const welcome = createMessage({ type: 'iopub_welcome', content: { subscription: topic.toString() } });
      await this.#queues.iopub.send(encode({ ...welcome, identities: [topic] }, this.#info.key), apply);
    }
  }

  async #receive(channel: RequestChannel, onMessage: (message: Message) => void): Promise<void> {
    for await (const frames of this.#sockets[channel]) {
      try {
        onMessage(decode(frames, this.#info.key));
      } catch (error) {
        process.stderr.write(`edgebook: dropped a message on ${channel}: ${(error as Error).message}\n`);
      }
    }
  }

  #enqueue(message: Message): void {
    this.#waiting.push(message);
    if (!this.#busyWithShell) void this.#workOff();
  }

  async #workOff(): Promise<void> {
    this.#busyWithShell = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await this.#answer('shell', next);
      if (this.#mustAbort) await this.#abortWaiting();
    }
    this.#busyWithShell = false;
  }

  /** Runs a request's handler between `busy` and `idle`. */
  async #answer(channel: RequestChannel, request: Message): Promise<void> {
    const handler = handlers.find((candidate) => candidate.request === request.header.msg_type);
    this.publish(request, 'status', { execution_state: 'busy' });
    const content = handler && (await this.#handle(handler, request));
    if (content && handler.reply) this.#reply(channel, { request, type: handler.reply, content });
    this.publish(request, 'status', { execution_state: 'idle' });
  }

  async #handle(handler: Handler, request: Message): Promise<Content> {
    try {
      return await handler.handle(request, this);
    } catch (error) {
      const { name: ename, message: evalue, stack = '' } = error as Error;
      return { status: 'error', ename, evalue, traceback: stack.split('\n') };
    }
  }

  async #abortWaiting(): Promise<void> {
    // Requests that the client sent together with the one that failed may still be on their way in.
    await immediate();
    this.#mustAbort = false;
    const waiting = this.#waiting.splice(0);
    for (const request of waiting) {
      if (request.header.msg_type === 'execute_request') this.#abort(request);
      else this.#waiting.push(request);
    }
  }

  #abort(request: Message): void {
    this.publish(request, 'status', { execution_state: 'busy' });
    const content = { status: 'aborted', execution_count: this.session.executionCount };
    this.#reply('shell', { request, type: 'execute_reply', content });
    this.publish(request, 'status', { execution_state: 'idle' });
  }

  #reply(channel: RequestChannel, reply: { request: Message; type: string; content: Content }): void {
    const { type, content, request } = reply;
    const message = createMessage({ type, content, parent: request.header, identities: request.identities });
    this.#queues[channel].send(encode(message, this.#info.key));
  }
}

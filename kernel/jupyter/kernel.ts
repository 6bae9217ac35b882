import type { Session } from '../session.ts';
import type { ConnectionInfo } from './connection.ts';
import type { Handler, KernelHost, PublishExtras } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { InputRequests, type Question } from './input-requests.ts';
import { type Content, createMessage, type Message } from './message.ts';
import { SeenMessages } from './seen-messages.ts';
import { SendQueue } from './send-queue.ts';
import { Shells } from './shells.ts';
import { bindSockets, closeSockets, type Sockets, subscriptions } from './sockets.ts';
import { decode, encode } from './wire.ts';

type RequestChannel = 'shell' | 'control';
type InboundChannel = RequestChannel | 'stdin';

/** Serves Jupyter clients: binds the sockets, answers requests, until it is told to shut down. */
export class JupyterKernel implements KernelHost {
  readonly #info: ConnectionInfo;
  readonly #sockets: Sockets;
  readonly #queues: Record<InboundChannel | 'iopub', SendQueue>;
  readonly #inputs: InputRequests;
  readonly #seen = new SeenMessages();
  readonly shells = new Shells({
    answer: (request, beforeReply) => this.#answer('shell', request, { beforeReply }),
    abort: (request) => this.#abort(request),
    isOpen: (comm) => this.session.comms.has(comm),
  });
  readonly session: Session;
  #resolveEnded: () => void = () => {};
  /** Resolves when the kernel has shut down. */
  readonly ended = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve;
  });

  private constructor(info: ConnectionInfo, session: Session, sockets: Sockets) {
    this.#info = info;
    this.#sockets = sockets;
    const { shell, control, stdin, iopub } = sockets;
    this.#queues = {
      shell: new SendQueue(shell),
      control: new SendQueue(control),
      stdin: new SendQueue(stdin),
      iopub: new SendQueue(iopub),
    };
    this.#inputs = new InputRequests((message) => this.#queues.stdin.send(encode(message, info.key)));
    this.session = session;
  }

  /** Starts serving `session`; resolves when the sockets are bound. */
  static async start(info: ConnectionInfo, session: Session): Promise<JupyterKernel> {
    const kernel = new JupyterKernel(info, session, await bindSockets(info));
    kernel.#broadcast(createMessage({ type: 'status', content: { execution_state: 'starting' } }));
    void kernel.#greetSubscribers();
    void kernel.#receive('shell', (message) => kernel.#enqueue(message));
    void kernel.#receive('control', (message) => void kernel.#answer('control', message));
    void kernel.#receive('stdin', (message) => kernel.#inputs.receive(message));
    return kernel;
  }

  publish(request: Message, type: string, content: Content, extras: PublishExtras = {}): void {
    this.#broadcast(createMessage({ type, content, ...extras, parent: request.header }));
  }

  ask(request: Message, question: Question): Promise<string> {
    return this.#inputs.ask(request, question);
  }

  abortQueued(request: Message): void {
    this.shells.abortQueued(request);
  }

  shutDown(): void {
    this.shells.clear();
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

  async #receive(channel: InboundChannel, onMessage: (message: Message) => void): Promise<void> {
    for await (const frames of this.#sockets[channel]) {
      try {
        const message = decode(frames, this.#info.key);
        if (this.#seen.add(message)) onMessage(message);
      } catch (error) {
        process.stderr.write(`edgebook: dropped a message on ${channel}: ${(error as Error).message}\n`);
      }
    }
  }

  #enqueue(message: Message): void {
    try {
      this.shells.enqueue(message);
    } catch (error) {
      void this.#answer('shell', message, { refusal: error as Error });
    }
  }

  /** Runs a request's handler between `busy` and `idle`; with `refusal`, replies with that instead. */
  async #answer(
    channel: RequestChannel,
    request: Message,
    { refusal, beforeReply }: { refusal?: Error; beforeReply?: (() => Promise<void>) | undefined } = {},
  ): Promise<void> {
    const handler = handlers.find(({ request: type }) => type === request.header.msg_type);
    const mayHandle = handler && (channel === 'control' || !handler.control);
    this.publish(request, 'status', { execution_state: 'busy' });
    const content = refusal ? errorContent(refusal) : mayHandle && (await this.#handle(handler, request));
    this.#inputs.forget(request);
    await beforeReply?.();
    if (content && handler?.reply) this.#reply(channel, { request, type: handler.reply, content });
    this.publish(request, 'status', { execution_state: 'idle' });
    this.#stayBusy(request);
  }

  /** Front ends take the last status that they hear for the kernel's: while something else runs, it is busy again. */
  #stayBusy(answered: Message): void {
    const current = this.shells.busyWith(answered);
    if (current) this.publish(current, 'status', { execution_state: 'busy' });
  }

  async #handle(handler: Handler, request: Message): Promise<Content> {
    try {
      return await handler.handle(request, this);
    } catch (error) {
      return errorContent(error as Error);
    }
  }

  /** Answers a request that is not to run. */
  #abort(request: Message): void {
    const handler = handlers.find(({ request: type }) => type === request.header.msg_type);
    this.publish(request, 'status', { execution_state: 'busy' });
    const content = { status: 'aborted', execution_count: this.session.executionCount };
    if (handler?.reply) this.#reply('shell', { request, type: handler.reply, content });
    this.publish(request, 'status', { execution_state: 'idle' });
    this.#stayBusy(request);
  }

  #reply(channel: RequestChannel, reply: { request: Message; type: string; content: Content }): void {
    const { type, content, request } = reply;
    const message = createMessage({ type, content, parent: request.header, identities: request.identities });
    this.#queues[channel].send(encode(message, this.#info.key));
  }
}

function errorContent({ name: ename, message: evalue, stack = '' }: Error): Content {
  return { status: 'error', ename, evalue, traceback: stack.split('\n') };
}

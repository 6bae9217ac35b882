import { setImmediate as immediate } from 'node:timers/promises';
import type { Session } from '../session.ts';
import type { ConnectionInfo } from './connection.ts';
import type { Handler, KernelHost, PublishExtras } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { InputRequests, type Question } from './input-requests.ts';
import { type Content, createMessage, type Message } from './message.ts';
import { SeenMessages } from './seen-messages.ts';
import { SendQueue } from './send-queue.ts';
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
  readonly #waiting: Message[] = [];
  /** The shell request that is being answered. */
  #current: Message | undefined;
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

  async #receive(channel: InboundChannel, onMessage: (message: Message) => void): Promise<void> {
    for await (const frames of this.#sockets[channel]) {
      try {
        const message = decode(frames, this.#info.key);
        this.#seen.add(message);
        onMessage(message);
      } catch (error) {
        process.stderr.write(`edgebook: dropped a message on ${channel}: ${(error as Error).message}\n`);
      }
    }
  }

  #enqueue(message: Message): void {
    if (this.#current && this.#mayOvertake(message)) {
      void this.#answerMeanwhile(message);
      return;
    }
    this.#waiting.push(message);
    if (!this.#current) void this.#workOff();
  }

  /** What a user types is completed and explained while a cell runs; messages to an open comm reach the cell. */
  #mayOvertake({ header, content: { comm_id } }: Message): boolean {
    if (!handlers.some(({ request, duringCells }) => request === header.msg_type && duringCells))
      return false;
    if (comm_id === undefined) return true;
    const mustFollow = this.#waiting.some(({ content }) => content.comm_id === comm_id);
    return this.session.comms.has(String(comm_id)) && !mustFollow;
  }

  /** Front ends take the last status that they hear for the kernel's: after the message's `idle` it is busy again. */
  async #answerMeanwhile(message: Message): Promise<void> {
    await this.#answer('shell', message, { meanwhile: true });
    if (this.#current) this.publish(this.#current, 'status', { execution_state: 'busy' });
  }

  async #workOff(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#current = next;
      await this.#answer('shell', next);
    }
    this.#current = undefined;
  }

  /** Runs a request's handler between `busy` and `idle`. */
  async #answer(channel: RequestChannel, request: Message, { meanwhile = false } = {}): Promise<void> {
    const handler = handlers.find((candidate) => candidate.request === request.header.msg_type);
    this.publish(request, 'status', { execution_state: 'busy' });
    const content = handler && (await this.#handle(handler, request));
    this.#inputs.forget(request);
    const aborted = channel === 'shell' && !meanwhile && this.#mustAbort ? await this.#takeExecutes() : [];
    if (content && handler.reply) this.#reply(channel, { request, type: handler.reply, content });
    this.publish(request, 'status', { execution_state: 'idle' });
    for (const message of aborted) this.#abort(message);
  }

  async #handle(handler: Handler, request: Message): Promise<Content> {
    try {
      return await handler.handle(request, this);
    } catch (error) {
      const { name: ename, message: evalue, stack = '' } = error as Error;
      return { status: 'error', ename, evalue, traceback: stack.split('\n') };
    }
  }

  /** The execute requests that came before the one that failed is answered: those after it are to run. */
  async #takeExecutes(): Promise<Message[]> {
    // Requests that the client sent together with the one that failed may still be on their way in.
    await immediate();
    this.#mustAbort = false;
    const isExecute = ({ header }: Message) => header.msg_type === 'execute_request';
    const waiting = this.#waiting.splice(0);
    this.#waiting.push(...waiting.filter((message) => !isExecute(message)));
    return waiting.filter(isExecute);
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

import * as zmq from 'zeromq';
import { UsageError } from '../../src/errors.ts';
import { address, type ConnectionInfo } from '../jupyter/connection.ts';
import { type Content, createMessage, type Message } from '../jupyter/message.ts';
import { SendQueue } from '../jupyter/send-queue.ts';
import { decode, encode } from '../jupyter/wire.ts';

type Asking = 'shell' | 'control' | 'stdin';

/** How long a kernel may take to say that it is there, in ms. */
const patience = 5000;

/** A Jupyter kernel's sockets, from the side of a front end. Requests are answered in any order. */
export class Channels {
  readonly #key: string;
  readonly #sockets: Readonly<Record<Asking, zmq.Dealer>>;
  readonly #queues: Readonly<Record<Asking, SendQueue>>;
  readonly #iopub = new zmq.Subscriber({ receiveHighWaterMark: 0 });
  readonly #replies = new Map<string, (reply: Message) => void>();
  readonly #listeners = new Map<string, (message: Message) => void>();
  #onInput: ((request: Message) => void) | undefined;

  private constructor(info: ConnectionInfo) {
    this.#key = info.key;
    // One identity for all: a kernel asks on stdin whoever sent the request.
    const routingId = `edgebook-${process.pid}-${Date.now().toString(36)}`;
    const options = { routingId, sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 500 };
    this.#sockets = {
      shell: new zmq.Dealer(options),
      control: new zmq.Dealer(options),
      stdin: new zmq.Dealer(options),
    };
    this.#queues = {
      shell: new SendQueue(this.#sockets.shell),
      control: new SendQueue(this.#sockets.control),
      stdin: new SendQueue(this.#sockets.stdin),
    };
    for (const [name, socket] of Object.entries(this.#sockets)) {
      socket.connect(address(info, name as Asking));
      void this.#read(socket, name as Asking);
    }
    this.#iopub.connect(address(info, 'iopub'));
    this.#iopub.subscribe();
    void this.#readIopub();
  }

  /** Connects, and waits until both directions work. Throws UsageError if no kernel answers within 5 s. */
  static async connect(info: ConnectionInfo): Promise<{ channels: Channels; kernel: Content }> {
    const channels = new Channels(info);
    const deadline = performance.now() + patience;
    // The subscription takes a moment: the kernel is asked until an answer's broadcasts are heard.
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) {
        channels.close();
        throw new UsageError(
          `No kernel answers at ${address(info, 'shell')} within ${patience / 1000} s: it has ended, or the connection file is an old one`,
        );
      }
      const heard = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => heard.resolve(false), Math.min(left, 300));
      const asked = channels.request('shell', 'kernel_info_request', {}, () => heard.resolve(true));
      const isHeard = await heard.promise;
      clearTimeout(timer);
      if (isHeard) return { channels, kernel: (await asked).content };
    }
  }

  /** Sends a request; `onMessage` gets what the kernel broadcasts about it. Resolves to the reply. */
  request(
    channel: 'shell' | 'control',
    type: string,
    content: Content,
    onMessage?: (message: Message) => void,
  ): Promise<Message> {
    const message = createMessage({ type, content });
    const { msg_id } = message.header;
    if (onMessage) this.#listeners.set(msg_id, onMessage);
    return new Promise((resolve) => {
      this.#replies.set(msg_id, resolve);
      void this.#queues[channel].send(encode(message, this.#key));
    });
  }

  /** What asks the user on behalf of a cell. */
  onInput(ask: (request: Message) => void): void {
    this.#onInput = ask;
  }

  answer(request: Message, value: string): void {
    const reply = createMessage({ type: 'input_reply', content: { value }, parent: request.header });
    void this.#queues.stdin.send(encode(reply, this.#key));
  }

  /** Broadcasts about a request are no longer wanted. */
  forget(id: string): void {
    this.#listeners.delete(id);
  }

  close(): void {
    for (const socket of Object.values(this.#sockets)) socket.close();
    this.#iopub.close();
  }

  async #read(socket: zmq.Dealer, name: Asking): Promise<void> {
    for await (const frames of socket) {
      const message = decode(frames, this.#key);
      if (name === 'stdin') this.#onInput?.(message);
      const id = String(message.parent_header.msg_id);
      this.#replies.get(id)?.(message);
      this.#replies.delete(id);
    }
  }

  async #readIopub(): Promise<void> {
    for await (const frames of this.#iopub) {
      const message = decode(frames, this.#key);
      this.#listeners.get(String(message.parent_header.msg_id))?.(message);
    }
  }
}

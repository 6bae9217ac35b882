import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zmq from 'zeromq';
import type { ConnectionInfo } from '../../../kernel/jupyter/connection.ts';
import {
  type Content,
  createMessage,
  type Message,
  type NewMessage,
} from '../../../kernel/jupyter/message.ts';
import { decode, encode } from '../../../kernel/jupyter/wire.ts';

/** A request's reply, and all that was broadcast for it from `busy` to `idle`. */
export interface Exchange {
  readonly reply: Message;
  readonly broadcast: readonly Message[];
}

interface Launch {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

interface Pending {
  reply?: Message;
  readonly broadcast: Message[];
  /** Comm messages have no reply. */
  readonly unanswered?: boolean;
  idle: boolean;
  resolve(exchange: Exchange): void;
}

interface SendOptions {
  readonly channel?: 'shell' | 'control';
  readonly subshell?: string | null;
  /** No reply will come. */
  readonly unanswered?: boolean;
}

/** A kernel process with a client: the test's, or the benchmark's, side of the protocol. */
export class KernelClient {
  readonly info: ConnectionInfo;
  readonly process: ChildProcess;
  /** Answers an `input_request`; undefined leaves it open. */
  onInput: (request: Message) => string | undefined = () => undefined;
  /** Broadcasts that belong to no request of this client. */
  readonly unsolicited: Message[] = [];
  stderr = '';
  readonly #folder: string;
  readonly #shell: zmq.Dealer;
  readonly #control = new zmq.Dealer({ reconnectInterval: 5, linger: 0 });
  readonly #stdin: zmq.Dealer;
  readonly #iopub = new zmq.Subscriber({ reconnectInterval: 5, linger: 0, receiveHighWaterMark: 0 });
  readonly #pending = new Map<string, Pending>();

  private constructor(info: ConnectionInfo, folder: string, { argv, env: extraEnv }: Launch) {
    this.info = info;
    // The kernel asks on stdin by the name that it knows from the shell.
    const options = { reconnectInterval: 5, linger: 0, routingId: randomUUID() };
    this.#shell = new zmq.Dealer(options);
    this.#stdin = new zmq.Dealer(options);
    this.#folder = folder;
    const [command = '', ...args] = argv.map((word) =>
      word.replace('{connection_file}', connectionFile(folder)),
    );
    const env = { ...process.env, EDGEBOOK_HISTORY: join(folder, 'history.sqlite'), ...extraEnv };
    this.process = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  /** Starts a kernel and connects; requests wait until it answers. */
  static async start(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<KernelClient> {
    const folder = mkdtempSync(join(tmpdir(), 'edgebook-kernel-'));
    const info = await freeConnection();
    writeFileSync(connectionFile(folder), JSON.stringify(info));
    const client = new KernelClient(info, folder, { argv, env });
    client.#connect();
    return client;
  }

  /** Sends a request; resolves when its reply and its `idle` are there. */
  request(type: string, content: Content = {}, channel: 'shell' | 'control' = 'shell'): Promise<Exchange> {
    return this.#send({ type, content }, { channel });
  }

  /** Sends a request to a subshell. */
  requestOf(subshell: string | null, type: string, content: Content = {}): Promise<Exchange> {
    return this.#send({ type, content }, { subshell });
  }

  /** Sends a message that has no reply; resolves with what was broadcast for it when its `idle` is there. */
  tell(
    type: string,
    content: Content,
    extras: Pick<NewMessage, 'metadata' | 'buffers'> & { readonly subshell?: string } = {},
  ): Promise<Pick<Exchange, 'broadcast'>> {
    const { subshell, ...rest } = extras;
    return this.#send({ type, content, ...rest }, { unanswered: true, ...(subshell && { subshell }) });
  }

  async sendFrames(frames: Buffer[], channel: 'shell' | 'control' | 'stdin' = 'shell'): Promise<void> {
    const sockets = { shell: this.#shell, control: this.#control, stdin: this.#stdin };
    await sockets[channel].send(frames);
  }

  /** Resolves when broadcasts arrive too. */
  async ready(): Promise<void> {
    const subscribed = () => this.unsolicited.some((message) => message.header.msg_type === 'status');
    // A kernel's first broadcasts are lost on a subscriber that has not yet connected: ask until one arrives.
    while (!subscribed()) {
      const message = createMessage({ type: 'kernel_info_request', content: {} });
      await this.sendFrames(encode(message, this.info.key));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> {
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#iopub]) socket.close();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #send(
    news: NewMessage,
    { channel = 'shell', subshell, unanswered = false }: SendOptions,
  ): Promise<Exchange> {
    const message = createMessage(news);
    const header = { ...message.header, ...(subshell !== undefined && { subshell_id: subshell }) };
    const done = new Promise<Exchange>((resolve) => {
      this.#pending.set(header.msg_id, { broadcast: [], idle: false, unanswered, resolve });
    });
    void this.sendFrames(encode({ ...message, header }, this.info.key), channel);
    return done;
  }

  #connect(): void {
    const { ip, shell_port, control_port, stdin_port, iopub_port } = this.info;
    this.#stdin.connect(`tcp://${ip}:${stdin_port}`);
    void receive(this.#stdin, (message) => this.#asked(message), this.info);
    this.#shell.connect(`tcp://${ip}:${shell_port}`);
    this.#control.connect(`tcp://${ip}:${control_port}`);
    this.#iopub.connect(`tcp://${ip}:${iopub_port}`);
    this.#iopub.subscribe();
    for (const socket of [this.#shell, this.#control])
      void receive(
        socket,
        (message) => this.#arrived(message, (pending) => ({ ...pending, reply: message })),
        this.info,
      );
    void receive(this.#iopub, (message) => this.#broadcast(message), this.info);
  }

  #asked(request: Message): void {
    const value = this.onInput(request);
    if (value === undefined) return;
    const reply = createMessage({ type: 'input_reply', content: { value }, parent: request.header });
    void this.sendFrames(encode(reply, this.info.key), 'stdin');
  }

  #broadcast(message: Message): void {
    const known = this.#arrived(message, (pending) => {
      pending.broadcast.push(message);
      const isIdle = message.header.msg_type === 'status' && message.content.execution_state === 'idle';
      return { ...pending, idle: pending.idle || isIdle };
    });
    if (!known) this.unsolicited.push(message);
  }

  #arrived(message: Message, update: (pending: Pending) => Pending): boolean {
    const id = message.parent_header.msg_id ?? '';
    const before = this.#pending.get(id);
    if (!before) return false;
    const pending = update(before);
    this.#pending.set(id, pending);
    const { reply, broadcast, idle, unanswered } = pending;
    if ((reply || unanswered) && idle) {
      this.#pending.delete(id);
      pending.resolve({ reply: reply!, broadcast });
    }
    return true;
  }
}

/** The broadcasts of an exchange without `busy`, `idle` and the echo of the input. */
export function outputs({ broadcast }: Pick<Exchange, 'broadcast'>): { type: string; content: Content }[] {
  return broadcast
    .map(({ header, content }) => ({ type: header.msg_type, content }))
    .filter(({ type }) => type !== 'status' && type !== 'execute_input');
}

async function receive(
  socket: zmq.Dealer | zmq.Subscriber,
  onMessage: (message: Message) => void,
  { key }: ConnectionInfo,
): Promise<void> {
  for await (const frames of socket) onMessage(decode(frames, key));
}

function connectionFile(folder: string): string {
  return join(folder, 'connection.json');
}

async function freeConnection(): Promise<ConnectionInfo> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [shell = 0, control = 0, iopub = 0, stdin = 0, hb = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return {
    transport: 'tcp',
    ip: '127.0.0.1',
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
    shell_port: shell,
    control_port: control,
    iopub_port: iopub,
    stdin_port: stdin,
    hb_port: hb,
  };
}

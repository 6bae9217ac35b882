import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** What can be done to an emulated board from outside, by QEMU's own protocol. */
export class Qmp {
  readonly #path: string;

  /** `path`: the socket. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Pulls the network cable, or puts it back. */
  plug(state: 'up' | 'down'): Promise<void> {
    return this.#command('set_link', { name: 'net', up: state === 'up' });
  }

  /** The board stands still. */
  pause(): Promise<void> {
    return this.#command('stop');
  }

  resume(): Promise<void> {
    return this.#command('cont');
  }

  /** The power goes and comes back: what was not on the disk yet is lost. */
  reset(): Promise<void> {
    return this.#command('system_reset');
  }

  /** Runs one command on a connection of its own. */
  async #command(execute: string, given: object = {}): Promise<void> {
    const socket = connect(this.#path);
    const replies = lines(socket);
    const send = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
    try {
      await replies.next();
      send({ execute: 'qmp_capabilities' });
      await answer(replies);
      send({ execute, arguments: given });
      const { error } = await answer(replies);
      if (error) throw new Error(`QEMU: ${execute}: ${error.desc}`);
    } finally {
      socket.destroy();
      await sleep(0);
    }
  }
}

/** The next reply; events come in between. */
async function answer(replies: AsyncGenerator<Reply>): Promise<Reply> {
  for (;;) {
    const { value, done } = await replies.next();
    if (done) throw new Error('QEMU has closed the connection');
    if (value.return !== undefined || value.error) return value;
  }
}

async function* lines(socket: AsyncIterable<Buffer>): AsyncGenerator<Reply> {
  let text = '';
  for await (const chunk of socket) {
    const parts = (text + chunk.toString()).split('\n');
    text = parts.pop()!;
    for (const part of parts) yield JSON.parse(part) as Reply;
  }
}

import type { Message } from './message.ts';
import { WireError } from './wire.ts';

/** Messages older than this many are forgotten; jupyter_client keeps as many. */
const capacity = 65_536;

/** The messages that have come: one that is recorded and sent again must not run again. */
export class SeenMessages {
  readonly #ids = new Set<string>();

  /** Throws WireError if the message has come before. */
  add({ header }: Message): void {
    if (this.#ids.has(header.msg_id)) throw new WireError('it has come before');
    this.#ids.add(header.msg_id);
    const [oldest] = this.#ids;
    if (this.#ids.size > capacity && oldest !== undefined) this.#ids.delete(oldest);
  }
}

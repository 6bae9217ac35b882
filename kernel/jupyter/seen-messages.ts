import type { Message } from './message.ts';

/** Messages older than this many are forgotten; jupyter_client keeps as many. */
const capacity = 65_536;

/** The messages that have come: one that is recorded and sent again must not run again. `jupyter run` repeats its last one. */
export class SeenMessages {
  readonly #ids = new Set<string>();

  /** False if the message has come before. */
  add({ header }: Message): boolean {
    if (this.#ids.has(header.msg_id)) return false;
    this.#ids.add(header.msg_id);
    const [oldest] = this.#ids;
    if (this.#ids.size > capacity && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}

import { setImmediate as immediate } from 'node:timers/promises';
import { handlers } from './handlers/index.ts';
import type { Message } from './message.ts';

/** What a shell leaves to the kernel. */
export interface ShellHost {
  /** Answers a request; calls `beforeReply` when its handler has returned. Never rejects. */
  answer(request: Message, beforeReply?: () => Promise<void>): Promise<void>;
  /** Answers a request that is not to run. */
  abort(request: Message): void;
  /** Whether a comm is open. */
  isOpen(comm: string): boolean;
}

/** The requests to one shell, main or sub: one is answered after the other, but for those that may overtake. */
export class ShellQueue {
  readonly #host: ShellHost;
  #waiting: Message[] = [];
  /** The request that is being answered. */
  #current: Message | undefined;
  #mustAbort = false;
  #idle: Promise<void> = Promise.resolve();

  constructor(host: ShellHost) {
    this.#host = host;
  }

  /** The request that is being answered; undefined if none is. */
  get current(): Message | undefined {
    return this.#current;
  }

  /** Resolves when all that has come so far is answered. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  enqueue(message: Message): void {
    if (this.#current && this.#mayOvertake(message)) {
      void this.#host.answer(message);
      return;
    }
    this.#waiting.push(message);
    if (!this.#current) this.#idle = this.#workOff();
  }

  /** Answers the execute requests that wait with `aborted`, as they come after one that failed. */
  abortQueued(): void {
    this.#mustAbort = true;
  }

  /** Whether a message to this comm, or its opening, waits here. */
  awaits(comm: unknown): boolean {
    return this.#waiting.some(({ content }) => content.comm_id === comm);
  }

  /** Takes all that wait. */
  clear(): Message[] {
    return this.#waiting.splice(0);
  }

  /** What a user types is completed and explained while a cell runs; messages to an open comm reach the cell. */
  #mayOvertake({ header, content: { comm_id } }: Message): boolean {
    if (!handlers.some(({ request, duringCells }) => request === header.msg_type && duringCells))
      return false;
    return comm_id === undefined || (this.#host.isOpen(String(comm_id)) && !this.awaits(comm_id));
  }

  async #workOff(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#current = next;
      let aborted: Message[] = [];
      await this.#host.answer(next, async () => {
        if (this.#mustAbort) aborted = await this.#takeExecutes();
      });
      for (const message of aborted) this.#host.abort(message);
    }
    this.#current = undefined;
  }

  /** The execute requests that came before the one that failed is answered: those after it are to run. */
  async #takeExecutes(): Promise<Message[]> {
    // Requests that the client sent together with the one that failed may still be on their way in.
    await immediate();
    this.#mustAbort = false;
    const isExecute = ({ header }: Message) => header.msg_type === 'execute_request';
    const waiting = this.clear();
    this.#waiting.push(...waiting.filter((message) => !isExecute(message)));
    return waiting.filter(isExecute);
  }
}

import type { CommMessage } from './comm.ts';
import type { Output } from './output.ts';
import { StreamBuffer } from './stream-buffer.ts';

/** So many messages are remembered for what their handlers may show late. */
const capacity = 256;

/** The comms that are open, and where to show what the handlers of their messages print. */
export class CommTable {
  /** What each open comm goes to, by its id. */
  readonly targets = new Map<string, string>();
  readonly #buffers = new Map<number, StreamBuffer>();
  #lastCall = 0;

  /** To be told of every message, whoever sends it. */
  note({ kind, id, target = '' }: CommMessage): void {
    if (kind === 'open') this.targets.set(id, target);
    if (kind === 'close') this.targets.delete(id);
  }

  /** Numbers a message from the front end; `onOutput` gets what is shown in answer to it. */
  addCall(onOutput: (output: Output) => void): number {
    this.#lastCall++;
    this.#buffers.set(this.#lastCall, new StreamBuffer(onOutput));
    const oldest = this.#lastCall - capacity;
    this.#buffers.get(oldest)?.flush();
    this.#buffers.delete(oldest);
    return this.#lastCall;
  }

  /** Where the output of a message's handlers goes; undefined if it was too long ago. */
  bufferOf(call: number): StreamBuffer | undefined {
    return this.#buffers.get(call);
  }

  /** Passes on what has been printed. */
  flush(call: number): void {
    this.#buffers.get(call)?.flush();
  }

  /** Forgets all comms, as the user's code has. */
  clear(): void {
    this.targets.clear();
  }
}

import type { InputQuestion } from './engine/protocol.ts';
import type { Output } from './output.ts';
import { StreamBuffer } from './stream-buffer.ts';

/** Who hears what a cell, or the handlers of a comm message, show. */
export interface Listener {
  readonly buffer: StreamBuffer;
  /** Asks the user; undefined if nobody can be asked. */
  readonly onInput: ((question: InputQuestion) => Promise<string>) | undefined;
  /** The history's line for the cell while it runs; undefined if it is not kept. */
  noted: number | undefined;
}

export interface ListenerOptions {
  onOutput(output: Output): void;
  readonly onInput?: Listener['onInput'];
}

export function createListener({ onOutput, onInput }: ListenerOptions): Listener {
  return { buffer: new StreamBuffer(onOutput), onInput, noted: undefined };
}

/** So many of those that have ended are remembered for what they may show late. */
const capacity = 256;

/** The listeners of cells and comm messages, by the numbers under which the runtime knows these. */
export class Listeners {
  readonly #current = new Map<number, Listener>();
  readonly #past = new Map<number, Listener>();
  #last = 0;

  /** Returns the number. */
  add(listener: Listener): number {
    this.#current.set(++this.#last, listener);
    return this.#last;
  }

  /** Undefined if it ended too long ago. */
  get(origin: number): Listener | undefined {
    return this.#current.get(origin) ?? this.#past.get(origin);
  }

  /** The cell has ended, or the handlers have returned: passes on what is printed, and may forget the listener. */
  end(origin: number): void {
    const listener = this.#current.get(origin);
    if (!listener) return;
    listener.buffer.flush();
    this.#current.delete(origin);
    this.#past.set(origin, listener);
    const [oldest] = this.#past.keys();
    if (this.#past.size <= capacity || oldest === undefined) return;
    this.#past.get(oldest)?.buffer.flush();
    this.#past.delete(oldest);
  }
}

import inspector from 'node:inspector';
import type { MessagePort } from 'node:worker_threads';
import type { Pending } from './protocol.ts';
import { signalChildren } from './signal-children.ts';
import {
  isShielded,
  offerRelease,
  patience,
  supervise,
  type TerminationGuard,
  withdraw,
} from './termination-guard.ts';

/** Supervisor to main thread. */
export type Order =
  /** Aborts the signals of the cells. */
  | { readonly type: 'interrupt' }
  /** To be answered at once. */
  | { readonly type: 'ping'; readonly ping: number }
  /** The interrupted cells may end. */
  | ({ readonly type: 'release' } & Pending);

/** Main thread to supervisor. */
export type Answer =
  /** `over` if the cells have come to their end, which waits for the release. */
  { readonly type: 'pong'; readonly ping: number; readonly over: boolean } | { readonly type: 'released' };

/** How long an offer stands, and how often pings are repeated, in ms. */
const offerTime = 50;
const repeatTime = 10;
/** When the processes that the main thread may wait for are told to end, and how, in ms from the order to stop. */
const childSignals = [
  { after: 100, signal: 'SIGINT' },
  { after: 600, signal: 'SIGTERM' },
  { after: 1100, signal: 'SIGKILL' },
] as const;

/**
 * The interrupt, seen from the worker thread. Cells are over only when the main thread provably takes messages
 * again, with nothing left that could terminate what comes next.
 */
export class Supervisor {
  readonly #main: MessagePort;
  readonly #guard: TerminationGuard;
  #lastPing = 0;
  /** When the newest cell was passed on, in ms of the epoch. */
  #cellBegan = 0;
  /** When the main thread has last answered, or was stopped. */
  #lastSign = 0;
  #hear: (answer: Answer) => void = () => {};

  constructor(main: MessagePort, guard: TerminationGuard) {
    this.#main = main;
    this.#guard = guard;
    main.on('message', (answer: Answer) => {
      this.#lastSign = performance.now();
      this.#hear(answer);
    });
  }

  /** To be called when a cell is passed on. */
  cellBegins(): void {
    this.#cellBegan = Date.now();
  }

  /** Stops what the main thread does; resolves when it is ready for the next cell. */
  async interrupt(pending: Pending): Promise<void> {
    supervise(this.#guard);
    this.#order({ type: 'interrupt' });
    const asked = performance.now();
    this.#lastSign = asked;
    for (;;) {
      const over = await this.#turns();
      if (over === undefined) await this.#terminate();
      else if (!over && performance.now() - asked < patience(this.#guard)) await sleep(repeatTime);
      else if (await this.#release(pending)) return;
    }
  }

  #order(order: Order): void {
    this.#main.postMessage(order);
  }

  /**
   * Whether the cell is over; undefined if the main thread does not answer in time. Its second answer is the proof
   * that it has run all ticks and promise callbacks that were queued at the first.
   */
  async #turns(): Promise<boolean | undefined> {
    return (await this.#ping()) === undefined ? undefined : this.#ping();
  }

  async #ping(): Promise<boolean | undefined> {
    const ping = ++this.#lastPing;
    const pong = this.#answer(
      (answer) => answer.type === 'pong' && answer.ping === ping,
      patience(this.#guard),
    );
    this.#order({ type: 'ping', ping });
    const answer = await pong;
    return answer?.type === 'pong' ? answer.over : undefined;
  }

  async #release(pending: Pending): Promise<boolean> {
    offerRelease(this.#guard);
    const released = this.#answer(({ type }) => type === 'released', offerTime);
    this.#order({ ...pending, type: 'release' });
    return (await released) !== undefined || !withdraw(this.#guard);
  }

  /** Has V8 stop the main thread's code; resolves when it has, whatever the code was. */
  async #terminate(): Promise<void> {
    if (isShielded(this.#guard, performance.now() - this.#lastSign)) return;
    // Connected for this moment only: Node waits for sessions when user code calls `process.exit()`.
    const session = new inspector.Session();
    session.connectToMainThread();
    const began = performance.now();
    const signals = [...childSignals];
    let stopped = false;
    session.post('Runtime.terminateExecution', () => {
      stopped = true;
      session.disconnect();
    });
    while (!stopped) {
      await sleep(repeatTime);
      // V8 cannot stop what is not JavaScript: the thread sleeps until the process that it waits for has ended.
      if (!stopped && performance.now() - began > (signals[0]?.after ?? Infinity))
        signalChildren(signals.shift()!.signal, this.#cellBegan);
      // Should the thread be idle, this is the code to be stopped.
      if (!stopped) this.#order({ type: 'ping', ping: 0 });
    }
    this.#lastSign = performance.now();
  }

  /** The first answer that `fits`, if it comes within `time` ms. */
  #answer(fits: (answer: Answer) => boolean, time: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time, undefined);
      this.#hear = (answer) => {
        if (!fits(answer)) return;
        clearTimeout(timer);
        resolve(answer);
      };
    });
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { TypesMode } from '../../magics/magic.ts';
import type { Completeness } from '../engine/is-complete.ts';
import type { ErrorOutput, Output } from '../output.ts';
import { type CheckedCell, mistakesError, mistakesNote } from './describe-mistakes.ts';
import { TypeService } from './type-service.ts';
import type { Completion, Explanation, Signature, TypesWorkerData } from './types-protocol.ts';

/** How long a cell that has ended waits for its note, in ms; not at all while the compiler still loads. */
const noteWait = 150;
/** How long a question waits for a compiler that still loads, in ms: front ends give up after a second. */
const coldWait = 700;
/** From the first sign of a front end until the compiler is loaded, in ms. */
const idleTime = 1000;
/** Cells kept for a compiler that has not been started; of older ones only the names are known. */
const maxUnsent = 1000;

/** A cell between its check and the end of its run. */
export interface Check {
  /** Why the cell must not run; only in strict modes. */
  readonly refusal: Promise<ErrorOutput | undefined> | undefined;
  /** To be called when the cell has ended; resolves when its note is shown, or is too late to be waited for. */
  readonly ended: () => Promise<void>;
}

interface NoteOptions {
  show(note: Output): void;
  /** Resolves when the cell has ended; undefined if it has. */
  readonly over?: Promise<void>;
}

/**
 * The type checker as a session uses it: it knows all cells, starts late, and holds up nothing but strict modes.
 * A note that is not there 150 ms after its cell has ended is shown when it is there, as output of its own cell.
 */
export class SessionTypes {
  mode: TypesMode;
  readonly #data: TypesWorkerData;
  #service: TypeService | undefined;
  /** Cells that ran before the service was started. */
  #unsent: string[] = [];
  /** Every variable that the runtime has, types or not. */
  readonly #names = new Set<string>();
  /** Notes that are still to be shown. */
  readonly #outstanding = new Set<Promise<void>>();
  #closed = false;

  constructor(data: TypesWorkerData, mode: TypesMode) {
    this.#data = data;
    this.mode = mode;
  }

  /** Loads the compiler, so that the first question need not wait for it. */
  start(): TypeService {
    if (this.#service?.alive) return this.#service;
    const service = new TypeService(this.#data);
    this.#service = service;
    for (const code of this.#unsent) service.ask('cell', { code, mode: 'off' }).catch(() => {});
    this.#unsent = [];
    service.ask('names', { names: [...this.#names] }).catch(() => {});
    return service;
  }

  /** Checks a cell that is about to run. `show` is called with its note, perhaps long after the cell has ended. */
  check(cell: CheckedCell, show: ((output: Output) => void) | undefined): Check {
    if (this.mode === 'strict' || this.mode === 'tslab') return this.#checkFirst(cell, show);
    if (this.mode === 'off' || !show || !mayBeWrong(cell.code)) return this.#onlyKnow(cell.code);
    return this.#checkBeside(cell, show);
  }

  /** Resolves when all cells that have run are checked, and their notes shown. */
  async settled(): Promise<void> {
    while (this.#outstanding.size > 0) await Promise.all(this.#outstanding);
  }

  /** Resolves when the compiler has loaded, or failed. */
  async warm(): Promise<void> {
    await this.start().warm;
  }

  /** Starts when the front end has had time for more urgent requests. */
  startSoon(): void {
    if (this.mode !== 'off') setTimeout(() => this.#closed || this.start(), idleTime).unref();
  }

  /** What may stand at a UTF-16 position. */
  async complete(code: string, position: number): Promise<Completion> {
    const answer = await this.#askSoon((service) => service.ask('complete', { code, position }));
    return answer ?? this.#completeByNames(code, position);
  }

  async inspect(code: string, position: number, detail: boolean): Promise<Explanation | undefined> {
    return this.#askSoon((service) => service.ask('inspect', { code, position, detail }));
  }

  /** The function in whose call a position is; undefined also while the compiler loads. */
  async signature(code: string, position: number): Promise<Signature | undefined> {
    return this.#askSoon((service) => service.ask('signature', { code, position }));
  }

  /** Whether a cell can be run as it is. Waits for a compiler that still loads; undefined if it failed. */
  async completeness(code: string): Promise<Completeness | undefined> {
    return this.start()
      .ask('completeness', { code })
      .catch(() => undefined);
  }

  /** The runtime has got variables. */
  addNames(names: readonly string[]): void {
    const fresh = names.filter((name) => !this.#names.has(name));
    if (fresh.length === 0) return;
    for (const name of fresh) this.#names.add(name);
    this.#service?.ask('names', { names: fresh }).catch(() => {});
  }

  /** The runtime has lost all variables. */
  reset(): void {
    this.#names.clear();
    this.#unsent = [];
    this.#service?.ask('reset', {}).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#service?.close();
  }

  #onlyKnow(code: string): Check {
    if (this.#service?.alive) this.#service.ask('cell', { code, mode: 'off' }).catch(() => {});
    else this.#remember(code);
    return { refusal: undefined, ended: async () => {} };
  }

  #checkFirst(cell: CheckedCell, show: ((output: Output) => void) | undefined): Check {
    const refusal = this.start()
      .ask('cell', { code: cell.code, mode: this.mode })
      .then((mistakes) => (mistakes.length > 0 ? mistakesError(mistakes, cell) : undefined))
      .catch((error: Error) => {
        show?.(uncheckedNote(error));
        return undefined;
      });
    return { refusal, ended: async () => {} };
  }

  #checkBeside(cell: CheckedCell, show: (output: Output) => void): Check {
    // The first cell of a session does not share the processor with a compiler that loads.
    if (!this.#service?.alive)
      return { refusal: undefined, ended: async () => void this.#note(this.start(), cell, { show }) };
    const service = this.#service;
    const over = Promise.withResolvers<void>();
    const noted = this.#note(service, cell, { show, over: over.promise });
    const ended = async () => {
      over.resolve();
      if (service.isWarm) await Promise.race([noted, sleep(noteWait)]);
    };
    return { refusal: undefined, ended };
  }

  #note(service: TypeService, cell: CheckedCell, options: NoteOptions): Promise<void> {
    const noted = this.#showNote(service, cell, options).finally(() => this.#outstanding.delete(noted));
    this.#outstanding.add(noted);
    return noted;
  }

  async #showNote(service: TypeService, cell: CheckedCell, { show, over }: NoteOptions): Promise<void> {
    try {
      const found = await service.ask('cell', { code: cell.code, mode: 'warn' });
      // What a magic or a script declares is known when the cell has run.
      if (found.some(({ unknownName }) => unknownName !== undefined)) await over;
      const mistakes = found.filter(({ unknownName = '' }) => !this.#names.has(unknownName));
      if (mistakes.length > 0) show(mistakesNote(mistakes, cell));
    } catch (error) {
      if (!this.#closed) show(uncheckedNote(error as Error));
    }
  }

  #remember(code: string): void {
    this.#unsent.push(code);
    if (this.#unsent.length > maxUnsent) this.#unsent.shift();
  }

  /** Undefined if the compiler has still to load, or failed. */
  async #askSoon<T>(ask: (service: TypeService) => Promise<T>): Promise<T | undefined> {
    const service = this.start();
    if (!service.isWarm) await Promise.race([service.warm, sleep(coldWait, undefined, { ref: false })]);
    if (!service.isWarm) return undefined;
    return ask(service).catch(() => undefined);
  }

  #completeByNames(code: string, position: number): Completion {
    const typed = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, position))![0];
    const start = position - typed.length;
    const isOther = /(?:\.|(?:^|[\n=])\s*[%!][^\n]*)\s*$/.test(code.slice(0, start));
    const names = isOther ? [] : [...this.#names].filter((name) => name.startsWith(typed));
    return { start, end: position, matches: names.map((text) => ({ text, type: 'variable' })) };
  }
}

/** Whether a cell can hold a type error at all: one without names cannot, and need not wait for its check. */
function mayBeWrong(code: string): boolean {
  return /[\p{ID_Start}$_]/u.test(code.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/.*/g, ''));
}

function uncheckedNote(error: Error): Output {
  const text = `The type checker failed, the cell is not checked: ${error.message}\n`;
  return { type: 'stream', name: 'stderr', text };
}

import { extname } from 'node:path';
import type { TypesMode } from '../magics/magic.ts';
import { type CommMessage, closeOf } from './comm.ts';
import { CommTable } from './comm-table.ts';
import type { Completeness } from './engine/is-complete.ts';
import type { CellSource, InputQuestion } from './engine/protocol.ts';
import { type CellEnd, RuntimeChild } from './engine/runtime-child.ts';
import type { CellResult, ExecuteOptions } from './execute-options.ts';
import type { History } from './history.ts';
import { createListener, type Listener, Listeners } from './listeners.ts';
import { mayHoldMagics } from './magics-transform.ts';
import type { Output } from './output.ts';
import { runtimeDied } from './runtime-died.ts';
import { SessionTypes } from './types/session-types.ts';

export interface SessionOptions {
  /** The notebook's folder: imports and relative paths start here. Default: the process's. */
  readonly cwd?: string;
  /** URL of a module that exports `magics`. Default: Edgebook's own. */
  readonly magicsUrl?: string;
  /** Whether a front end answers the comms that cells open. Default false: they are closed at once. */
  readonly comms?: boolean;
  /** How cells are checked, until `%types` says otherwise. Default: off. */
  readonly types?: TypesMode;
  /** The terminal that cells show themselves in, if it is one; `columns` comes with each cell. */
  readonly terminal?: 'color' | 'plain';
  /** Where cells that count are noted. Default: nowhere. */
  readonly history?: History;
}

/** A cell on its way through the runtime child. */
interface Run {
  readonly listener: Listener;
  readonly beside: boolean;
  /** How long it may take to stop when it is interrupted, in ms. */
  readonly patience: number;
  killTimer?: NodeJS.Timeout;
}

/** How long an interrupted cell may go on before its process is killed, in ms. */
const killAfter = 2000;
/** The same for a cell with magics: they may be inside one long native call, and models are dear. */
const killMagicsAfter = 10_000;

/** One user's variables, and the cells run on them. Jupyter, `edgebook run` and the REPL all use it. */
export class Session {
  readonly #options: Required<Pick<SessionOptions, 'cwd' | 'magicsUrl' | 'comms'>> &
    Pick<SessionOptions, 'terminal'>;
  /** What is known of the cells' types. */
  readonly types: SessionTypes;
  /** The cells that have counted; undefined if none are kept. */
  readonly history: History | undefined;
  #child: RuntimeChild;
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #besides = new Set<Promise<unknown>>();
  /** The cells that run, oldest first. */
  readonly #runs = new Set<Run>();
  #closed = false;
  readonly #listeners = new Listeners();
  /** Of the cell that runs, or ran last, among those that follow each other. */
  #main: Listener | undefined;
  readonly #comms = new CommTable();

  /** Starts the runtime child; the first cell waits for it. */
  constructor(options: SessionOptions = {}) {
    const { cwd = process.cwd(), magicsUrl = ownMagics(), comms = false, types = 'off', history } = options;
    const { terminal } = options;
    this.#options = { cwd, magicsUrl, comms, ...(terminal && { terminal }) };
    this.types = new SessionTypes({ cwd, magicsUrl }, types);
    this.history = history;
    this.#child = this.#spawn();
  }

  /** Number of the last cell that counted. */
  get executionCount(): number {
    return this.#count;
  }

  /** Runs a cell. One that fails resolves, with its error. */
  execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    if (options.beside) return this.#executeBeside(code, options);
    const result = this.#queue.then(() => this.#execute(code, options));
    this.#queue = result;
    return result;
  }

  /** Stops all running cells: by their signals, else by V8, else by killing the child, which loses the variables. */
  interrupt(): void {
    if (!this.#child.alive) return;
    const child = this.#child;
    child.interrupt();
    const patience = Math.max(...[...this.#runs].map((run) => run.patience));
    const reason = `The runtime process did not react to the interrupt for ${patience / 1000} s and was stopped`;
    for (const run of this.#runs) run.killTimer ??= setTimeout(() => void child.kill(reason), patience);
  }

  /** The comms that are open: what each goes to, by id. */
  get comms(): ReadonlyMap<string, string> {
    return this.#comms.targets;
  }

  /**
   * Gives the user's code a comm message, also while a cell runs; resolves when its handlers have returned.
   * `onOutput` gets what they show, then and later.
   */
  async comm(message: CommMessage, onOutput: (output: Output) => void): Promise<void> {
    this.#comms.note(message);
    const listener = createListener({ onOutput });
    const origin = this.#listeners.add(listener);
    if (this.#child.alive) await this.#child.comm(origin, message);
    else if (message.kind === 'open') this.#show({ type: 'comm', message: closeOf(message.id) }, listener);
    this.#listeners.end(origin);
  }

  /** Whether `code` can be run, or needs more lines. Loads the TypeScript compiler. */
  async isComplete(code: string): Promise<Completeness> {
    const { isComplete } = await import('./engine/is-complete.ts');
    return isComplete(code);
  }

  /** Begins anew: no variables, count 0. A running cell ends with an error. */
  async restart(): Promise<void> {
    await this.#stop('The session was restarted');
    this.#count = 0;
    this.#comms.clear();
    this.history?.close();
    this.#respawn();
  }

  /** Ends the runtime child; the session cannot be used again. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#stop('The session was closed'), this.types.close()]);
    this.history?.close();
  }

  async #executeBeside(code: string, options: ExecuteOptions): Promise<CellResult> {
    const result = this.#execute(code, options);
    this.#besides.add(result);
    return result.finally(() => this.#besides.delete(result));
  }

  async #execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    if (this.#closed) throw new Error('The session is closed');
    const listener = createListener(options);
    if (!options.beside) this.#becomeMain(listener);
    if (!options.silent) this.#count = options.count ?? this.#count + 1;
    const count = this.#count;
    options.onBegin?.(count);
    this.#reviveChild(listener);
    let ended = false;
    // A note on the types may come when other cells run.
    const note = (output: Output) => (ended ? options.onOutput(output) : listener.buffer.push(output));
    const check = this.types.check({ code, count }, options.silent ? undefined : note);
    const refusal = await check.refusal;
    if (refusal) return conclude(listener, { count, error: refusal, expressions: {} });
    const source = { ...sourceOf(code, count, options), types: this.types.mode };
    const end = await this.#runOnChild(source, listener, options);
    if (end.type === 'done') this.types.addNames(end.declares ?? []);
    const error = end.type === 'done' ? end.error : runtimeDied(end);
    const result = { count, error, expressions: (end.type === 'done' && end.expressions) || {} };
    await conclude(listener, result, check.ended);
    ended = true;
    return result;
  }

  #becomeMain(listener: Listener): void {
    this.#main?.buffer.flush();
    this.#main = listener;
  }

  async #runOnChild(
    source: CellSource,
    listener: Listener,
    { beside = false, signal }: ExecuteOptions,
  ): Promise<CellEnd> {
    const run: Run = { listener, beside, patience: mayHoldMagics(source.code) ? killMagicsAfter : killAfter };
    const cell = this.#listeners.add(listener);
    this.#runs.add(run);
    const running = this.#child.execute({ cell, beside, source });
    // The child is at work on the cell meanwhile.
    this.#note(source, listener);
    const interrupt = () => this.interrupt();
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt);
    const end = await running;
    signal?.removeEventListener('abort', interrupt);
    clearTimeout(run.killTimer);
    this.#runs.delete(run);
    if (end.type === 'died')
      for (const id of this.comms.keys()) this.#show({ type: 'comm', message: closeOf(id) }, listener);
    listener.noted = undefined;
    this.#listeners.end(cell);
    return end;
  }

  /** In the history; a silent cell is not. */
  #note({ code, count }: CellSource, listener: Listener): void {
    listener.noted = count;
    if (count !== undefined && code.trim() !== '') this.history?.add(count, code);
  }

  /** A process that has ended is replaced, and the cell that comes next says so. */
  #reviveChild({ buffer }: Listener): void {
    if (this.#child.alive) return;
    const { killed } = this.#child;
    this.#respawn();
    const why = killed ? `${killed}. ` : '';
    const text = `${why}The process that held the variables of earlier cells has ended: this cell runs in a fresh one.\n`;
    buffer.push({ type: 'stream', name: 'stderr', text });
  }

  #show(output: Output, listener: Listener | undefined): void {
    if (output.type === 'comm' && !this.#options.comms) {
      if (output.message.kind === 'open') void this.#child.comm(0, closeOf(output.message.id));
      return;
    }
    if (output.type === 'comm') this.#comms.note(output.message);
    if (output.type === 'result' && listener?.noted !== undefined)
      this.history?.setOutput(listener.noted, String(output.data['text/plain'] ?? ''));
    listener?.buffer.push(output);
  }

  /** Who hears what comes from nowhere: the main cell if one runs, else the newest of the others. */
  #anyListener(): Listener | undefined {
    const runs = [...this.#runs];
    return (runs.find(({ beside }) => !beside) ?? runs.at(-1))?.listener ?? this.#main;
  }

  async #ask(question: InputQuestion): Promise<string> {
    const listener = this.#listeners.get(question.cell);
    if (!listener?.onInput) throw new Error('The front end of this cell takes no input');
    listener.buffer.flush();
    return listener.onInput(question);
  }

  #respawn(): void {
    this.types.reset();
    this.#child = this.#spawn();
  }

  #spawn(): RuntimeChild {
    return new RuntimeChild({
      ...this.#options,
      onOutput: (output, origin) => {
        const own = origin === undefined ? undefined : this.#listeners.get(origin);
        this.#show(output, own ?? this.#main ?? this.#anyListener());
      },
      onNativeOutput: (output) => this.#show(output, this.#anyListener()),
      onInput: (question) => this.#ask(question),
      onTypesMode: (mode) => {
        this.types.mode = mode;
      },
    });
  }

  async #stop(reason: string): Promise<void> {
    await this.#child.kill(reason);
    await this.#queue;
    await Promise.allSettled(this.#besides);
  }
}

/** Shows how the cell ended. */
async function conclude(
  { buffer }: Listener,
  result: CellResult,
  checked?: () => Promise<void>,
): Promise<CellResult> {
  if (result.error) buffer.push(result.error);
  await checked?.();
  buffer.flush();
  return result;
}

function sourceOf(code: string, count: number, options: ExecuteOptions): Omit<CellSource, 'types'> {
  const { silent, onInput, expressions, columns } = options;
  return {
    code,
    count: silent ? undefined : count,
    canAsk: onInput !== undefined,
    ...(expressions && { expressions }),
    ...(columns !== undefined && { columns }),
  };
}

function ownMagics(): string {
  return new URL(`../magics/index${extname(import.meta.url)}`, import.meta.url).href;
}

import { extname } from 'node:path';
import type { TypesMode } from '../magics/magic.ts';
import { type CommMessage, closeOf } from './comm.ts';
import { CommTable } from './comm-table.ts';
import type { Completeness } from './engine/is-complete.ts';
import type { CellSource, ExpressionResults, InputQuestion } from './engine/protocol.ts';
import { type CellEnd, RuntimeChild } from './engine/runtime-child.ts';
import type { History } from './history.ts';
import { mayHoldMagics } from './magics-transform.ts';
import type { ErrorOutput, Output } from './output.ts';
import { StreamBuffer } from './stream-buffer.ts';
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
  /** Where cells that count are noted. Default: nowhere. */
  readonly history?: History;
}

export interface ExecuteOptions {
  /** Interrupts the cell when aborted. */
  readonly signal?: AbortSignal;
  /** Gets what the cell shows, in order; also what it shows after it has ended, until the next cell begins. */
  readonly onOutput: (output: Output) => void;
  /** Runs without counting. */
  readonly silent?: boolean;
  /** Asks the user; rejects with the reason if there will be no answer. Without it `prompt()` fails at once. */
  readonly onInput?: (question: InputQuestion) => Promise<string>;
  /** Evaluated after the cell if that succeeded: name to TypeScript. */
  readonly expressions?: Readonly<Record<string, string>>;
}

export interface CellResult {
  readonly count: number;
  /** What the cell failed with; it was also an output. */
  readonly error: ErrorOutput | undefined;
  /** What the expressions that came with the cell are worth. */
  readonly expressions: ExpressionResults;
}

interface Run {
  readonly source: CellSource;
  readonly signal: AbortSignal | undefined;
  /** The history's line for the cell; undefined if it is not kept. */
  readonly noted: number | undefined;
}

/** How long an interrupted cell may go on before its process is killed, in ms. */
const killAfter = 2000;
/** The same for a cell with magics: they may be inside one long native call, and models are dear. */
const killMagicsAfter = 10_000;

/** One user's variables, and the cells run on them. Jupyter, `edgebook run` and the REPL all use it. */
export class Session {
  readonly #options: Required<Pick<SessionOptions, 'cwd' | 'magicsUrl' | 'comms'>>;
  /** What is known of the cells' types. */
  readonly types: SessionTypes;
  /** The cells that have counted; undefined if none are kept. */
  readonly history: History | undefined;
  #child: RuntimeChild;
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** How long the cell that runs may take to stop; undefined if none runs. */
  #patience: number | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #killed: string | undefined;
  /** The history's line for the cell that runs. */
  #noted: number | undefined;
  #closed = false;
  /** Who hears and answers the cell that runs, or ran last. */
  #frontEnd: Pick<ExecuteOptions, 'onOutput' | 'onInput'> = { onOutput: () => {} };
  readonly #buffer = new StreamBuffer((output) => this.#frontEnd.onOutput(output));
  readonly #comms = new CommTable();

  /** Starts the runtime child; the first cell waits for it. */
  constructor(options: SessionOptions = {}) {
    const { cwd = process.cwd(), magicsUrl = ownMagics(), comms = false, types = 'off', history } = options;
    this.#options = { cwd, magicsUrl, comms };
    this.types = new SessionTypes({ cwd, magicsUrl }, types);
    this.history = history;
    this.#child = this.#spawn();
  }

  /** Number of the last cell that counted. */
  get executionCount(): number {
    return this.#count;
  }

  /** Runs a cell after those before it. A cell that fails resolves, with its error. */
  execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    const result = this.#queue.then(() => this.#execute(code, options));
    this.#queue = result;
    return result;
  }

  /** Stops the running cell: by its signal, else by V8, else by killing the child, which loses the variables. */
  interrupt(): void {
    if (!this.#child.alive) return;
    const child = this.#child;
    child.interrupt();
    if (this.#patience === undefined) return;
    const seconds = this.#patience / 1000;
    this.#killTimer ??= setTimeout(() => {
      this.#killed = `The runtime process did not react to the interrupt for ${seconds} s and was stopped`;
      void child.kill();
    }, this.#patience);
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
    const call = this.#comms.addCall(onOutput);
    if (this.#child.alive) await this.#child.comm(call, message);
    else if (message.kind === 'open') this.#show({ type: 'comm', message: closeOf(message.id) }, call);
    this.#comms.flush(call);
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

  async #execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    if (this.#closed) throw new Error('The session is closed');
    this.#buffer.flush();
    this.#frontEnd = options;
    if (!options.silent) this.#count++;
    const count = this.#count;
    this.#reviveChild();
    let ended = false;
    // A note on the types may come when other cells run.
    const note = (output: Output) => (ended ? options.onOutput(output) : this.#buffer.push(output));
    const check = this.types.check({ code, count }, options.silent ? undefined : note);
    const refusal = await check.refusal;
    if (refusal) return this.#refuse(refusal, count);
    const end = await this.#runOnChild({
      source: { ...sourceOf(code, count, options), types: this.types.mode },
      signal: options.signal,
      noted: options.silent ? undefined : count,
    });
    if (end.type === 'done') this.types.addNames(end.declares ?? []);
    const error = end.type === 'done' ? end.error : this.#deathError(end);
    if (error) this.#buffer.push(error);
    await check.ended();
    this.#buffer.flush();
    ended = true;
    return { count, error, expressions: (end.type === 'done' && end.expressions) || {} };
  }

  #refuse(error: ErrorOutput, count: number): CellResult {
    this.#buffer.push(error);
    this.#buffer.flush();
    return { count, error, expressions: {} };
  }

  async #runOnChild({ source, signal, noted }: Run): Promise<CellEnd> {
    const interrupt = () => this.interrupt();
    this.#patience = mayHoldMagics(source.code) ? killMagicsAfter : killAfter;
    const running = this.#child.execute(source);
    this.#noted = noted;
    // The child is at work on the cell meanwhile.
    if (noted !== undefined && source.code.trim() !== '') this.history?.add(noted, source.code);
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt);
    const end = await running;
    signal?.removeEventListener('abort', interrupt);
    clearTimeout(this.#killTimer);
    this.#killTimer = undefined;
    this.#patience = undefined;
    if (end.type === 'died')
      for (const id of this.comms.keys()) this.#show({ type: 'comm', message: closeOf(id) });
    this.#noted = undefined;
    return end;
  }

  /** A process that has ended is replaced, and the cell that comes next says so. */
  #reviveChild(): void {
    if (this.#child.alive) return;
    this.#respawn();
    const text =
      'The process that held the variables of earlier cells has ended: this cell runs in a fresh one.\n';
    this.#buffer.push({ type: 'stream', name: 'stderr', text });
  }

  /** `call` numbers the comm message that the output answers; undefined if it comes from a cell. */
  #show(output: Output, call?: number): void {
    if (output.type === 'comm' && !this.#options.comms) {
      if (output.message.kind === 'open') void this.#child.comm(0, closeOf(output.message.id));
      return;
    }
    if (output.type === 'comm') this.#comms.note(output.message);
    if (output.type === 'result' && this.#noted !== undefined)
      this.history?.setOutput(this.#noted, String(output.data['text/plain'] ?? ''));
    const buffer = call === undefined ? this.#buffer : (this.#comms.bufferOf(call) ?? this.#buffer);
    buffer.push(output);
  }

  async #ask(question: InputQuestion): Promise<string> {
    const { onInput } = this.#frontEnd;
    if (!onInput) throw new Error('The front end of this cell takes no input');
    this.#buffer.flush();
    return onInput(question);
  }

  #respawn(): void {
    this.types.reset();
    this.#child = this.#spawn();
  }

  #spawn(): RuntimeChild {
    return new RuntimeChild({
      ...this.#options,
      onOutput: (output, call) => this.#show(output, call),
      onInput: (question) => this.#ask(question),
      onTypesMode: (mode) => {
        this.types.mode = mode;
      },
    });
  }

  async #stop(reason: string): Promise<void> {
    this.#killed = reason;
    await this.#child.kill();
    await this.#queue;
    this.#killed = undefined;
  }

  #deathError({ code, signal }: Extract<CellEnd, { type: 'died' }>): ErrorOutput {
    const cause = this.#killed ?? `The runtime process ended (${signal ?? `exit code ${code}`})`;
    this.#killed = undefined;
    const evalue = `${cause}. Variables are lost; the next cell runs in a fresh process.`;
    return {
      type: 'error',
      ename: 'RuntimeDied',
      evalue,
      traceback: [`\u001b[31mRuntimeDied\u001b[39m: ${evalue}`],
    };
  }
}

function sourceOf(code: string, count: number, options: ExecuteOptions): Omit<CellSource, 'types'> {
  const { silent, onInput, expressions } = options;
  return {
    code,
    count: silent ? undefined : count,
    canAsk: onInput !== undefined,
    ...(expressions && { expressions }),
  };
}

function ownMagics(): string {
  return new URL(`../magics/index${extname(import.meta.url)}`, import.meta.url).href;
}

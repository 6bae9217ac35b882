import { extname } from 'node:path';
import type { Completeness } from './engine/is-complete.ts';
import { type CellEnd, RuntimeChild } from './engine/runtime-child.ts';
import { mayHoldMagics } from './magics-transform.ts';
import type { ErrorOutput, Output } from './output.ts';
import { StreamBuffer } from './stream-buffer.ts';

export interface SessionOptions {
  /** The notebook's folder: imports and relative paths start here. Default: the process's. */
  readonly cwd?: string;
  /** URL of a module that exports `magics`. Default: Edgebook's own. */
  readonly magicsUrl?: string;
}

export interface ExecuteOptions {
  /** Interrupts the cell when aborted. */
  readonly signal?: AbortSignal;
  /** Gets what the cell shows, in order; also what it shows after it has ended, until the next cell begins. */
  readonly onOutput: (output: Output) => void;
  /** Runs without counting. */
  readonly silent?: boolean;
}

export interface CellResult {
  readonly count: number;
  /** What the cell failed with; it was also an output. */
  readonly error: ErrorOutput | undefined;
}

/** How long an interrupted cell may go on before its process is killed, in ms. */
const killAfter = 2000;
/** The same for a cell with magics: they may be inside one long native call, and models are dear. */
const killMagicsAfter = 10_000;

/** One user's variables, and the cells run on them. Jupyter, `edgebook run` and the REPL all use it. */
export class Session {
  readonly #options: Required<SessionOptions>;
  #child: RuntimeChild;
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** How long the cell that runs may take to stop; undefined if none runs. */
  #patience: number | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #killed: string | undefined;
  #closed = false;
  #onOutput: (output: Output) => void = () => {};
  readonly #buffer = new StreamBuffer((output) => this.#onOutput(output));

  /** Starts the runtime child; the first cell waits for it. */
  constructor({ cwd = process.cwd(), magicsUrl = ownMagics() }: SessionOptions = {}) {
    this.#options = { cwd, magicsUrl };
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

  /** Whether `code` can be run, or needs more lines. Loads the TypeScript compiler. */
  async isComplete(code: string): Promise<Completeness> {
    const { isComplete } = await import('./engine/is-complete.ts');
    return isComplete(code);
  }

  /** Begins anew: no variables, count 0. A running cell ends with an error. */
  async restart(): Promise<void> {
    await this.#stop('The session was restarted');
    this.#count = 0;
    this.#child = this.#spawn();
  }

  /** Ends the runtime child; the session cannot be used again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop('The session was closed');
  }

  async #execute(code: string, { signal, onOutput, silent = false }: ExecuteOptions): Promise<CellResult> {
    if (this.#closed) throw new Error('The session is closed');
    this.#buffer.flush();
    this.#onOutput = onOutput;
    if (!silent) this.#count++;
    const count = this.#count;
    if (!this.#child.alive) this.#child = this.#spawn();
    const interrupt = () => this.interrupt();
    this.#patience = mayHoldMagics(code) ? killMagicsAfter : killAfter;
    const running = this.#child.execute({ code, count: silent ? undefined : count });
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt);
    const end = await running;
    signal?.removeEventListener('abort', interrupt);
    clearTimeout(this.#killTimer);
    this.#killTimer = undefined;
    this.#patience = undefined;
    const error = end.type === 'done' ? end.error : this.#deathError(end);
    if (error) this.#buffer.push(error);
    this.#buffer.flush();
    return { count, error };
  }

  #spawn(): RuntimeChild {
    return new RuntimeChild({ ...this.#options, onOutput: (output) => this.#buffer.push(output) });
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

function ownMagics(): string {
  return new URL(`../magics/index${extname(import.meta.url)}`, import.meta.url).href;
}

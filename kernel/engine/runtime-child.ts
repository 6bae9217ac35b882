import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TypesMode } from '../../magics/magic.ts';
import type { CommMessage } from '../comm.ts';
import type { Output } from '../output.ts';
import { frame, readFrames } from './framing.ts';
import { readNativeStream } from './native-stream.ts';
import {
  type CellDone,
  type CellSource,
  controlDescriptor,
  type InputQuestion,
  type Report,
  type Request,
  reportDescriptor,
} from './protocol.ts';

export interface ChildOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Module that exports `magics`. */
  readonly magicsUrl: string;
  /** `call` numbers the comm message that the output answers; undefined if it comes from a cell. */
  onOutput(output: Output, call?: number): void;
  /** `%types` chose how to check types. */
  onTypesMode(mode: TypesMode): void;
  /** Asks the user; rejects if there is no answer. */
  onInput(question: InputQuestion): Promise<string>;
}

/** How a cell ended, as the child or its death tells. */
export type CellEnd =
  | CellDone
  | { readonly type: 'died'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** How long output that is still in the pipes of a dead child is waited for, in ms. */
const drainTime = 500;

/** The process that runs user code, seen from the kernel. Runs one cell at a time. */
export class RuntimeChild {
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  readonly #died: Promise<CellEnd>;
  #nextCell = 0;
  readonly #calls = new Map<number, () => void>();
  #finish: ((end: CellEnd) => void) | undefined;
  #awaited = new Set<string>();
  #end: CellEnd | undefined;
  alive = true;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = spawnChild(options);
    readFrames<Report>(this.#pipe(reportDescriptor), (report, buffers) => this.#report(report, buffers));
    this.#readNative('stdout');
    this.#readNative('stderr');
    // Writing to a child that has just died fails; its death is reported by `exit`.
    (this.#process.stdio[controlDescriptor] as Writable).on('error', () => {});
    this.#died = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        this.#options.onOutput({ type: 'stream', name: 'stderr', text: `${error.message}\n` });
        resolve({ type: 'died', code: null, signal: null });
      });
      this.#process.once('exit', (code, signal) => {
        this.alive = false;
        const died = () => resolve({ type: 'died', code, signal });
        const timer = setTimeout(died, drainTime);
        this.#process.once('close', () => {
          clearTimeout(timer);
          died();
        });
      });
    });
    void this.#died.then(() => this.#answerCalls());
  }

  #answerCalls(): void {
    for (const answered of this.#calls.values()) answered();
    this.#calls.clear();
  }

  /** Runs a cell; resolves when all it has shown has been passed on. Never rejects. */
  execute(source: CellSource): Promise<CellEnd> {
    this.#nextCell++;
    this.#end = undefined;
    this.#awaited = new Set(['done', 'stdout', 'stderr']);
    const done = new Promise<CellEnd>((resolve) => {
      this.#finish = resolve;
    });
    this.#send({ type: 'execute', cell: this.#nextCell, source });
    return Promise.race([done, this.#died]);
  }

  /** Gives the user's code a comm message; resolves when its handlers have returned. Never rejects. */
  comm(call: number, message: CommMessage): Promise<void> {
    const { buffers, ...rest } = message;
    const handled = new Promise<void>((resolve) => this.#calls.set(call, resolve));
    this.#send({ type: 'comm', call, message: { ...rest, buffers: [] } }, buffers);
    return handled;
  }

  /** Asks the cell to stop: the first two rungs of the ladder. */
  interrupt(): void {
    this.#send({ type: 'interrupt', cell: this.#nextCell });
  }

  /** Ends the process at once; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#died;
  }

  #send(request: Request, buffers?: readonly Uint8Array[]): void {
    (this.#process.stdio[controlDescriptor] as Writable).write(frame(request, buffers));
  }

  #pipe(descriptor: number): Readable {
    return this.#process.stdio[descriptor] as Readable;
  }

  #report(report: Report, buffers: readonly Uint8Array[]): void {
    if (report.type === 'output') this.#options.onOutput(withBuffers(report.output, buffers), report.call);
    if (report.type === 'handled') {
      this.#calls.get(report.call)?.();
      this.#calls.delete(report.call);
    }
    if (report.type === 'types') this.#options.onTypesMode(report.mode);
    if (report.type === 'input') void this.#ask(report);
    if (report.type !== 'done' || report.cell !== this.#nextCell) return;
    this.#end = report;
    this.#arrived('done');
  }

  async #ask(asked: InputQuestion): Promise<void> {
    const { question } = asked;
    try {
      this.#send({ type: 'answer', question, value: await this.#options.onInput(asked) });
    } catch (error) {
      this.#send({ type: 'answer', question, error: (error as Error).message });
    }
  }

  #readNative(name: 'stdout' | 'stderr'): void {
    readNativeStream(this.#process[name]!, {
      onText: (text) => this.#options.onOutput({ type: 'stream', name, text }),
      onMark: (cell) => cell === this.#nextCell && this.#arrived(name),
      onEnd: () => this.#arrived(name),
    });
  }

  /** A cell is over when the child says so and both native streams have reached their mark. */
  #arrived(what: string): void {
    this.#awaited.delete(what);
    if (this.#awaited.size === 0 && this.#end) this.#finish?.(this.#end);
  }
}

function withBuffers(output: Output, buffers: readonly Uint8Array[]): Output {
  return output.type === 'comm' ? { ...output, message: { ...output.message, buffers } } : output;
}

function spawnChild({ cwd, magicsUrl }: ChildOptions): ChildProcess {
  const file = fileURLToPath(new URL(`./child${extname(import.meta.url)}`, import.meta.url));
  const flags = [
    // Without it, terminating a loop inside a timer or socket callback aborts the process.
    '--no-force-async-hooks-checks',
    // Lets `import.meta.resolve` take the notebook's folder as its base.
    '--experimental-import-meta-resolve',
  ];
  return spawn(process.execPath, [...flags, file, magicsUrl], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
}

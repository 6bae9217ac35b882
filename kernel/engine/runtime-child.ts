import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TypesMode } from '../../magics/magic.ts';
import type { CommMessage } from '../comm.ts';
import type { Output, StreamOutput } from '../output.ts';
import { frame, readFrames } from './framing.ts';
import { readNativeStream } from './native-stream.ts';
import {
  type CellDone,
  controlDescriptor,
  type InputQuestion,
  type Report,
  type Request,
  reportDescriptor,
} from './protocol.ts';
import { watchMemory } from './watch-memory.ts';

export interface ChildOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Module that exports `magics`. */
  readonly magicsUrl: string;
  /** The terminal that values are shown in, if it is one. */
  readonly terminal?: 'color' | 'plain';
  /** `origin` numbers the comm message, or the cell of a subshell, that shows it; undefined for main cells. */
  onOutput(output: Output, origin?: number): void;
  /** What native code and subprocesses have written; of which cell nobody knows. */
  onNativeOutput(output: StreamOutput): void;
  /** `%types` chose how to check types. */
  onTypesMode(mode: TypesMode): void;
  /** Asks the user; rejects if there is no answer. */
  onInput(question: InputQuestion): Promise<string>;
}

/** How a cell ended, as the child or its death tells. */
export type CellEnd =
  | CellDone
  | {
      readonly type: 'died';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** Why the kernel has killed the child, if it has. */
      readonly reason?: string | undefined;
    };

interface PendingCell {
  /** What has still to arrive. */
  readonly awaited: Set<string>;
  readonly finish: (end: CellDone) => void;
  done?: CellDone;
}

/** How long output that is still in the pipes of a dead child is waited for, in ms. */
const drainTime = 500;

const filled = (held: string): string =>
  `The runtime process was stopped before the memory was full: ${held}. Let go of what is no longer needed, or take less at a time`;

/** The process that runs user code, seen from the kernel. */
export class RuntimeChild {
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  readonly #died: Promise<CellEnd>;
  readonly #cells = new Map<number, PendingCell>();
  readonly #calls = new Map<number, () => void>();
  /** Native streams that have not been closed. */
  readonly #streams = new Set<string>();
  /** Why the kernel has ended it, if it has. */
  killed: string | undefined;
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
        this.#options.onNativeOutput({ type: 'stream', name: 'stderr', text: `${error.message}\n` });
        resolve({ type: 'died', code: null, signal: null });
      });
      this.#process.once('exit', (code, signal) => {
        this.alive = false;
        const died = () => resolve({ type: 'died', code, signal, reason: this.killed });
        const timer = setTimeout(died, drainTime);
        this.#process.once('close', () => {
          clearTimeout(timer);
          died();
        });
      });
    });
    const { pid } = this.#process;
    const unwatch = pid === undefined ? () => {} : watchMemory(pid, (held) => void this.kill(filled(held)));
    void this.#died.then(() => {
      unwatch();
      this.#answerCalls();
    });
  }

  #answerCalls(): void {
    for (const answered of this.#calls.values()) answered();
    this.#calls.clear();
  }

  /** Runs a cell; resolves when all it has shown has been passed on. Never rejects. */
  execute(request: Omit<Extract<Request, { type: 'execute' }>, 'type'>): Promise<CellEnd> {
    const done = new Promise<CellEnd>((finish) => {
      this.#cells.set(request.cell, { awaited: new Set(['done', ...this.#streams]), finish });
    });
    this.#send({ type: 'execute', ...request });
    return Promise.race([done, this.#died]);
  }

  /** Gives the user's code a comm message; resolves when its handlers have returned. Never rejects. */
  comm(origin: number, message: CommMessage): Promise<void> {
    const { buffers, ...rest } = message;
    const handled = new Promise<void>((resolve) => this.#calls.set(origin, resolve));
    this.#send({ type: 'comm', origin, message: { ...rest, buffers: [] } }, buffers);
    return handled;
  }

  /** Asks all cells to stop: the first two rungs of the ladder. */
  interrupt(): void {
    this.#send({ type: 'interrupt', cells: [...this.#cells.keys()], messages: [...this.#calls.keys()] });
  }

  /** Ends the process at once; resolves when it is gone. */
  async kill(reason: string): Promise<void> {
    this.killed ??= reason;
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
    if (report.type === 'output') this.#options.onOutput(withBuffers(report.output, buffers), report.origin);
    if (report.type === 'handled') {
      this.#calls.get(report.origin)?.();
      this.#calls.delete(report.origin);
    }
    if (report.type === 'types') this.#options.onTypesMode(report.mode);
    if (report.type === 'input') void this.#ask(report);
    if (report.type !== 'done') return;
    const cell = this.#cells.get(report.cell);
    if (cell) cell.done ??= report;
    this.#arrived('done', report.cell);
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
    this.#streams.add(name);
    readNativeStream(this.#process[name]!, {
      onText: (text) => this.#options.onNativeOutput({ type: 'stream', name, text }),
      onMark: (cell) => this.#arrived(name, cell),
      onEnd: () => {
        this.#streams.delete(name);
        for (const cell of this.#cells.keys()) this.#arrived(name, cell);
      },
    });
  }

  /** A cell is over when the child says so and both native streams have reached its mark. */
  #arrived(what: string, id: number): void {
    const cell = this.#cells.get(id);
    if (!cell) return;
    cell.awaited.delete(what);
    if (cell.awaited.size > 0 || !cell.done) return;
    this.#cells.delete(id);
    cell.finish(cell.done);
  }
}

function withBuffers(output: Output, buffers: readonly Uint8Array[]): Output {
  return output.type === 'comm' ? { ...output, message: { ...output.message, buffers } } : output;
}

function spawnChild({ cwd, magicsUrl, terminal }: ChildOptions): ChildProcess {
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
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', EDGEBOOK_TERMINAL: terminal ?? '' },
  });
}

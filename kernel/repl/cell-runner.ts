import type { InputQuestion } from '../engine/protocol.ts';
import type { Output } from '../output.ts';
import { CellOutput, type CellOutputOptions } from './cell-output.ts';
import { emptyEditor } from './edit/editor.ts';
import { highlightCode } from './highlight.ts';
import type { ReplSession } from './repl-session.ts';
import type { ReplState } from './state.ts';
import type { Store } from './store.ts';

export interface CellRunnerOptions extends Pick<CellOutputOptions, 'write' | 'paint'> {
  readonly session: ReplSession;
  readonly state: Store<ReplState>;
  /** Width of the terminal, in characters. */
  readonly columns: () => number;
  /** Pictures of a value as the terminal's own escape sequence. */
  readonly picture: (output: Output) => Promise<string | undefined>;
  /** Told of each cell and what it shows. */
  readonly record?: CellRecorder;
}

export interface CellRecorder {
  begin(code: string, count: number): void;
  add(output: Output): void;
}

/** Shorter times are not told, in ms. */
const shortTime = 100;

/** Runs cells one after another and shows them above the prompt. */
export class CellRunner {
  readonly #options: CellRunnerOptions;
  #last: CellOutput | undefined;
  #answer: PromiseWithResolvers<string> | undefined;

  constructor(options: CellRunnerOptions) {
    this.#options = options;
  }

  /** The whole text of the last output that is shown in part. */
  get folded(): string | undefined {
    return this.#last?.folded;
  }

  get isBusy(): boolean {
    return this.#options.state.get().since !== undefined;
  }

  /** Resolves when the cell has ended: whether it succeeded. */
  async run(code: string): Promise<boolean> {
    const { session, state } = this.#options;
    state.set({ queued: [...state.get().queued, code] });
    const output = new CellOutput({
      ...this.#options,
      show: (live) => state.set({ live }),
    });
    let count = 0;
    let started = 0;
    // A picture takes a moment; what comes after it waits, so that all stays in order.
    let shown: Promise<void> = Promise.resolve();
    const result = await session.execute(code, {
      columns: this.#options.columns(),
      onBegin: (number) => {
        count = number;
        started = performance.now();
        // What an earlier cell has shown since its end.
        this.#last?.settle();
        this.#last = output;
        this.#begin(code, number);
      },
      onInput: (question) => this.#ask(question),
      onOutput: (one) => {
        this.#options.record?.add(one);
        shown = shown.then(async () =>
          output.print(one, { count, picture: await this.#options.picture(one) }),
        );
      },
    });
    await shown;
    this.#end(output, performance.now() - started);
    return result.error === undefined;
  }

  /** Gives the user's code the answer that it waits for. */
  answer(text: string): void {
    const { state, write, paint } = this.#options;
    const { question } = state.get();
    if (!question) return;
    write(`${question.prompt}${question.password ? paint('quiet', '(hidden)') : text}\n`);
    state.set({ question: undefined });
    this.#answer?.resolve(text);
  }

  /** Interrupts what runs, also a question. */
  interrupt(): void {
    this.#options.state.set({ question: undefined });
    this.#answer?.reject(new Error('Interrupted'));
    this.#answer = undefined;
    this.#options.session.interrupt();
  }

  #begin(code: string, count: number): void {
    const { state, write, paint, record } = this.#options;
    record?.begin(code, count);
    const label = `In [${count}]: `;
    const lines = highlightCode(code, paint).split('\n');
    const rest = paint('quiet', '...: '.padStart(label.length));
    write(`${[paint('input', label) + lines[0], ...lines.slice(1).map((line) => rest + line)].join('\n')}\n`);
    const { queued } = state.get();
    state.set({ queued: queued.slice(1), since: performance.now(), count: count + 1 });
  }

  #end(output: CellOutput, ms: number): void {
    const { state, write, paint, session } = this.#options;
    output.settle();
    const time = ms >= shortTime ? `${paint('quiet', timeText(ms))}\n` : '';
    write(`${time}\n`);
    const busy = state.get().queued.length > 0;
    state.set({
      since: undefined,
      live: [],
      notice: undefined,
      ...(!busy && { count: session.executionCount + 1 }),
    });
  }

  #ask({ prompt, password }: InputQuestion): Promise<string> {
    const answer = Promise.withResolvers<string>();
    this.#answer = answer;
    this.#options.state.set({ question: { prompt, password, editor: emptyEditor } });
    return answer.promise;
  }
}

/** `0.42 s`, `3.1 s`, `2 min 5 s`. */
function timeText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

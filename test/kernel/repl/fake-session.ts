import type { CellResult, ExecuteOptions } from '../../../kernel/execute-options.ts';
import { History } from '../../../kernel/history.ts';
import type { Output } from '../../../kernel/output.ts';
import { Repl, type ReplOptions } from '../../../kernel/repl/repl.ts';
import type { ReplSession } from '../../../kernel/repl/repl-session.ts';
import { uncolored } from '../../../kernel/repl/theme.ts';

/** A session whose cells do what a test says, and a terminal that keeps what is written. */
export class FakeTerminal implements ReplSession {
  executionCount = 0;
  readonly history = new History(':memory:');
  readonly repl: Repl;
  written = '';
  exitCode: number | undefined;
  interrupts = 0;
  readonly ran: string[] = [];
  /** What a cell shows; it ends when this resolves. */
  run: (code: string, options: ExecuteOptions) => Promise<readonly Output[]> = async () => [];
  /** What the compiler says of a text. */
  status: (code: string) => 'complete' | 'incomplete' | 'invalid' = () => 'complete';
  matches: readonly string[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: Partial<ReplOptions> = {}) {
    this.repl = new Repl({
      ...{ session: this, paint: uncolored, picture: async () => undefined, columns: () => 80 },
      openPanel: async () => undefined,
      screen: {
        write: (text) => {
          this.written += text;
        },
        suspend: (work) => work(),
        exit: (code) => {
          this.exitCode = code;
        },
      },
      ...options,
    });
  }

  /** Presses keys by name; what is no name is typed. */
  async press(...keys: string[]): Promise<void> {
    const isName = /^(?:(?:ctrl|alt|shift)\+.+|enter|tab|escape|up|down|left|right|backspace)$/;
    for (const key of keys) {
      this.repl.key(isName.test(key) ? { name: key, text: '' } : { name: 'text', text: key });
      await settled();
    }
  }

  get text(): string {
    return this.repl.state.get().editor.text;
  }

  execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    const result = this.#queue.then(async () => {
      const count = ++this.executionCount;
      this.history.add(count, code);
      this.ran.push(code);
      options.onBegin?.(count);
      for (const output of await this.run(code, options)) options.onOutput(output);
      return { count, error: undefined, expressions: {} };
    });
    this.#queue = result;
    return result;
  }

  interrupt(): void {
    this.interrupts++;
  }

  async warm(): Promise<void> {}

  async complete(code: string, position: number) {
    const start = code.slice(0, position).search(/[\w$]*$/);
    return { start, end: position, matches: this.matches.map((text) => ({ text, type: 'variable' })) };
  }

  async inspect(code: string, position: number) {
    return { text: `about ${code.slice(0, position)}`, markdown: '' };
  }

  async signature() {
    return undefined;
  }

  async completeness(code: string) {
    return { status: this.status(code), indent: '' };
  }

  async close(): Promise<void> {}
}

/** Everything that does not wait for a person has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

import { type CompletionMenu, complete } from './completion-menu.ts';
import type { Editor } from './edit/editor.ts';
import type { ReplSession } from './repl-session.ts';
import type { ReplState } from './state.ts';
import type { Store } from './store.ts';

/** A wait that is worth telling, in ms. */
const patience = 200;

/** What the language service says of the text that is being typed. Answers that come too late are dropped. */
export class TypingHelp {
  readonly #session: ReplSession;
  readonly #state: Store<ReplState>;

  constructor(session: ReplSession, state: Store<ReplState>) {
    this.#session = session;
    this.#state = state;
  }

  /** Completes what is before the cursor, or opens the menu. */
  async complete(): Promise<void> {
    const { editor } = this.#state.get();
    // The first time the compiler may still load.
    const hint = setTimeout(() => this.#state.set({ notice: 'The compiler is loading ...' }), patience);
    await this.#session.warm();
    clearTimeout(hint);
    const completion = await this.#session.complete(editor.text, editor.cursor);
    if (!this.#isStill(editor)) return;
    const completed = complete(editor, completion);
    this.#state.set({
      ...{ editor: completed.editor, menu: completed.menu, signature: undefined },
      notice: completion.matches.length === 0 ? 'Nothing to complete here' : undefined,
    });
    if (completed.menu) await this.document(completed.menu);
  }

  /** Says what the chosen match is. */
  async document(menu: CompletionMenu): Promise<void> {
    const { editor } = this.#state.get();
    const text = menu.matches[menu.selected]!.text;
    const code = editor.text.slice(0, menu.start) + text + editor.text.slice(menu.end);
    const explained = await this.#session.inspect(code, menu.start + text.length);
    if (this.#state.get().menu !== menu || !explained) return;
    this.#state.set({ menu: { ...menu, documentation: explained.text } });
  }

  /** Shows the parameters of the call that the cursor is in. */
  async sign(): Promise<void> {
    const { editor } = this.#state.get();
    const isCall = /[(,]/.test(editor.text.slice(0, editor.cursor));
    const signature = isCall ? await this.#session.signature(editor.text, editor.cursor) : undefined;
    if (this.#isStill(editor)) this.#state.set({ signature });
  }

  #isStill({ text, cursor }: Editor): boolean {
    const { editor } = this.#state.get();
    return editor.text === text && editor.cursor === cursor;
  }
}

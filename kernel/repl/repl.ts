import { setTimeout as sleep } from 'node:timers/promises';
import { CellRunner, type CellRunnerOptions } from './cell-runner.ts';
import { editCommands, insert, type } from './edit/commands.ts';
import { type Editor, editorOf, emptyEditor, replaced } from './edit/editor.ts';
import { keyBindings } from './edit/key-bindings.ts';
import { isFirstLine, isLastLine } from './edit/places.ts';
import { HistoryWalk } from './history-walk.ts';
import type { KeyPress } from './key-press.ts';
import { menuMode } from './modes/menu-mode.ts';
import type { Mode } from './modes/mode.ts';
import { panelMode } from './modes/panel-mode.ts';
import { questionMode } from './modes/question-mode.ts';
import { searchMode } from './modes/search-mode.ts';
import { plainlyComplete } from './plainly-complete.ts';
import type { ReplSession } from './repl-session.ts';
import type { Screen } from './screen.ts';
import type { ReplState } from './state.ts';
import { Store } from './store.ts';
import { TypingHelp } from './typing-help.ts';

export interface ReplOptions extends Pick<CellRunnerOptions, 'paint' | 'picture' | 'record' | 'columns'> {
  readonly session: ReplSession;
  readonly screen: Screen;
  /** Opens a panel by its name. */
  readonly openPanel: (name: string) => Promise<ReplState['panel']>;
  /** Does what a line asks of the terminal and not of the session; undefined if it asks nothing of it. */
  readonly command?: (code: string) => Promise<string> | undefined;
}

/** The first that wants a key gets it. */
const modes: readonly Mode[] = [questionMode, panelMode, searchMode, menuMode];

/** Two Ctrl-C at an idle prompt within so many ms leave. */
const leaveWithin = 1000;

const start: ReplState = {
  ...{ editor: emptyEditor, count: 1, live: [], since: undefined, queued: [], menu: undefined },
  ...{ signature: undefined, search: undefined, question: undefined, panel: undefined },
  ...{ notice: undefined, isClosing: false },
};

/** The terminal's session: what keys do, and the state that the screen shows. Knows nothing of React. */
export class Repl {
  readonly state = new Store<ReplState>(start);
  readonly runner: CellRunner;
  readonly help: TypingHelp;
  readonly options: ReplOptions;
  #walk: HistoryWalk | undefined;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  /** How many panels have been opened so far that are read again. */
  #followed = 0;
  /** Keys that came while the compiler thinks about an Enter; undefined if it does not. */
  #waiting: KeyPress[] | undefined;

  constructor(options: ReplOptions) {
    this.options = options;
    const { session, screen, paint, picture, record, columns } = options;
    const write = (text: string): void => screen.write(text);
    this.state.set({ count: session.executionCount + 1 });
    this.runner = new CellRunner({
      ...{ session, state: this.state, write, paint, picture, columns },
      ...(record && { record }),
    });
    this.help = new TypingHelp(session, this.state);
  }

  /** A key was pressed. The first mode that wants it gets it. */
  key(press: KeyPress): void {
    if (this.state.get().isClosing) return;
    if (this.state.get().notice !== undefined) this.state.set({ notice: undefined });
    // An Escape just before it makes it Alt as well.
    if (press.name === 'ctrl+c' || press.name === 'ctrl+alt+c') this.#interrupt();
    else if (this.#waiting) this.#waiting.push(press);
    else if (!modes.some((mode) => mode(this, press))) this.#edit(press);
  }

  /** Text came all at once: nothing in it is a key. */
  paste(text: string): void {
    const clean = text.replace(/\r\n?/g, '\n');
    const { question, editor } = this.state.get();
    if (question) this.state.set({ question: { ...question, editor: insert(question.editor, clean) } });
    else this.setEditor(insert(editor, clean));
  }

  /** Another text or cursor; what the menu and the history showed belongs to the one before. */
  setEditor(editor: Editor): void {
    this.#walk = undefined;
    this.state.set({ editor, menu: undefined });
    if (editor.text.length > 0) void this.help.sign();
    else this.state.set({ signature: undefined });
  }

  /** Runs a cell, or does what it asks of the terminal. */
  async submit(code: string): Promise<void> {
    this.#walk = undefined;
    const { killed } = this.state.get().editor;
    this.state.set({ editor: { ...emptyEditor, killed }, menu: undefined, signature: undefined });
    const told = this.options.command?.(code.trim());
    if (told) await this.#tell(code, told);
    else await this.runner.run(code);
  }

  /** What the terminal itself did. */
  async #tell(code: string, told: Promise<string>): Promise<void> {
    const { paint, screen } = this.options;
    const text = await told.catch((error: Error) => paint('failure', error.message));
    if (text !== '') screen.write(`${paint('input', '> ')}${code}\n${text}\n\n`);
  }

  #edit(press: KeyPress): void {
    const { editor } = this.state.get();
    const command = keyBindings[press.name];
    if (press.name === 'text') this.setEditor(type(editor, press.text));
    else if (Object.hasOwn(this.#keys, press.name)) this.#keys[press.name]!();
    else if (command) this.setEditor(editCommands[command](editor));
  }

  /** Keys that do more than edit. */
  readonly #keys: Readonly<Record<string, () => void>> = {
    enter: () => void this.#enter(),
    up: () => this.#vertical('up'),
    down: () => this.#vertical('down'),
    'ctrl+p': () => this.#vertical('up'),
    'ctrl+n': () => this.#vertical('down'),
    tab: () => this.#tab(),
    'ctrl+space': () => void this.help.complete(),
    'ctrl+r': () => {
      const { editor } = this.state.get();
      this.state.set({ search: { query: '', skip: 0, found: undefined, before: editor } });
    },
    'ctrl+d': () => this.#end(),
    'ctrl+v': () => void this.#open('variants'),
    'ctrl+l': () => this.options.screen.write('\u001b[H\u001b[2J'),
    'ctrl+o': () => void this.#openFolded(),
    'ctrl+x': () => void this.#openEditor(),
    'alt+e': () => void this.#openEditor(),
  };

  /** Runs what is complete; else a new line. */
  async #enter(): Promise<void> {
    const { editor } = this.state.get();
    const { text } = editor;
    if (text.trim() === '') return;
    // In the middle of a longer text Enter is a line break.
    const isInside = text.slice(editor.cursor).trim() !== '' && text.includes('\n');
    if (isInside) this.setEditor(editCommands.newline(editor));
    else if (plainlyComplete(text)) void this.submit(text);
    else if (await this.#isIncomplete(text)) this.setEditor(editCommands.newline(this.state.get().editor));
    else void this.submit(text.trimEnd());
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const press of waiting) this.key(press);
  }

  /** Asks the compiler; keys wait meanwhile. */
  async #isIncomplete(text: string): Promise<boolean> {
    this.#waiting = [];
    const completeness = await this.options.session.completeness(text);
    return completeness?.status === 'incomplete';
  }

  /** Between the lines of the text; beyond them through the history. */
  #vertical(direction: 'up' | 'down'): void {
    const { editor } = this.state.get();
    const isAtEnd = direction === 'up' ? isFirstLine(editor) : isLastLine(editor);
    if (this.#walk || isAtEnd) this.#walkHistory(direction);
    else this.setEditor(editCommands[direction](editor));
  }

  #walkHistory(direction: 'up' | 'down'): void {
    const { editor } = this.state.get();
    const begins = editor.text.slice(0, editor.cursor);
    this.#walk ??= new HistoryWalk(this.options.session.history, editor.text, begins);
    const text = direction === 'up' ? this.#walk.older() : this.#walk.newer();
    if (text === undefined) return;
    this.state.set({ editor: replaced(editor, text), menu: undefined, signature: undefined });
  }

  /** Indents where nothing is written yet, else completes. */
  #tab(): void {
    const { editor } = this.state.get();
    const line = editor.text.slice(0, editor.cursor).split('\n').at(-1)!;
    if (line.trim() === '' && editor.text !== '') this.setEditor(editCommands.indent(editor));
    else void this.help.complete();
  }

  /** Ctrl-D leaves at an empty prompt, else it shows the devices. */
  #end(): void {
    if (this.state.get().editor.text === '' && !this.runner.isBusy) this.leave();
    else void this.#open('devices');
  }

  /** Ends the program. */
  leave(): void {
    this.state.set({ isClosing: true });
    this.options.screen.exit(0);
  }

  /** Ctrl-C: closes what is open, else interrupts, else clears the text; twice at an idle prompt it leaves. */
  #interrupt(): void {
    const { editor, panel, search } = this.state.get();
    if (panel) this.state.set({ panel: undefined });
    else if (search) this.state.set({ search: undefined, editor: search.before });
    else if (this.runner.isBusy) {
      this.state.set({ notice: 'Interrupting ...' });
      this.runner.interrupt();
    } else if (editor.text !== '') this.setEditor(editorOf(''));
    else this.#leaveIfTwice();
  }

  #leaveIfTwice(): void {
    const now = performance.now();
    if (now - this.#interruptedAt < leaveWithin) this.leave();
    else this.state.set({ notice: 'Ctrl-C again, or Ctrl-D, leaves' });
    this.#interruptedAt = now;
  }

  async #open(name: string): Promise<void> {
    try {
      this.#followed++;
      this.state.set({ notice: 'Looking ...', menu: undefined });
      const panel = await this.options.openPanel(name);
      this.state.set({ panel, notice: undefined });
      if (panel?.interval) await this.#follow(name, panel.interval);
    } catch (error) {
      this.state.set({ notice: (error as Error).message });
    }
  }

  /** Reads the rows of a panel again until it is closed, or another one is opened. */
  async #follow(name: string, interval: number): Promise<void> {
    this.#followed++;
    const own = this.#followed;
    const isOpen = (): boolean => this.#followed === own && this.state.get().panel !== undefined;
    for (;;) {
      await sleep(interval, undefined, { ref: false });
      if (!isOpen()) return;
      const next = await this.options.openPanel(name);
      const { panel } = this.state.get();
      if (!isOpen() || !panel || !next) return;
      this.state.set({ panel: { ...panel, rows: next.rows } });
    }
  }

  async #openFolded(): Promise<void> {
    const text = this.runner.folded;
    const { page } = await import('./external.ts');
    if (text === undefined) this.state.set({ notice: 'No output is folded' });
    else await this.#hand(() => page(text));
  }

  async #openEditor(): Promise<void> {
    const { editInEditor } = await import('./external.ts');
    const { editor } = this.state.get();
    await this.#hand(async () => {
      this.setEditor(replaced(editor, await editInEditor(editor.text)));
    });
  }

  /** Gives the terminal to another program; what it fails with is told. */
  async #hand(work: () => Promise<void>): Promise<void> {
    await this.options.screen.suspend(() =>
      work().catch((error: Error) => this.state.set({ notice: error.message })),
    );
  }
}

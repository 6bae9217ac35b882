import { LineFold } from '../line-fold.ts';
import type { ErrorOutput, Output } from '../output.ts';
import { terminalText } from '../terminal-text.ts';
import { withoutColors } from '../without-colors.ts';
import { foldText } from './fold-text.ts';
import { type Paint, uncolored } from './theme.ts';

/** Something below the finished output that may still change. */
export interface LiveBlock {
  readonly id: string;
  readonly text: string;
}

export interface CellOutputOptions {
  /** Puts whole lines above the prompt, for good. */
  readonly write: (text: string) => void;
  /** Shows what may still change, in place of what it showed before. */
  readonly show: (live: readonly LiveBlock[]) => void;
  readonly paint: Paint;
}

export interface Printed {
  /** Of the cell. */
  readonly count: number;
  /** The output as pixels, in the terminal's own escape sequences; undefined where there are none. */
  readonly picture?: string | undefined;
}

/** So much of a long output is kept to be opened, in characters. */
const mostKept = 4_000_000;
const partialId = '\0line';
const foldId = '\0fold';

/** What one cell shows in the terminal: finished lines go above the prompt, the rest stays live until the cell ends. */
export class CellOutput {
  readonly #options: CellOutputOptions;
  readonly #fold = new LineFold();
  #live: LiveBlock[] = [];
  #streamed = '';
  #whole: string | undefined;
  #clearNext = false;

  constructor(options: CellOutputOptions) {
    this.#options = options;
  }

  /** The whole text of the last output of which a part is hidden. */
  get folded(): string | undefined {
    return this.#whole;
  }

  print(output: Output, { count, picture }: Printed): void {
    if (this.#clearNext && output.type !== 'comm') this.#clear(false);
    if (output.type === 'clear') this.#clear(output.wait);
    else if (output.type === 'stream') this.#stream(output.text);
    else if (output.type === 'update') this.#update(output.displayId, terminalText(output.data));
    else if (output.type === 'error') this.#permanent(errorText(output, this.#options.paint));
    else if (output.type === 'display' && output.displayId !== undefined)
      this.#setLive(output.displayId, terminalText(output.data));
    else if (output.type !== 'comm') {
      const text = picture ?? this.#folded(terminalText(output.data));
      this.#permanent(output.type === 'result' ? this.#result(text, count) : text);
    }
  }

  /** The cell has ended: what is live stays as it is. */
  settle(): void {
    this.#flush();
    this.#options.show([]);
  }

  #result(text: string, count: number): string {
    const label = this.#options.paint('result', `Out[${count}]:`);
    return `${label}${text.includes('\n') ? '\n' : ' '}${text}`;
  }

  #permanent(text: string): void {
    this.#flush();
    this.#options.write(`${text}\n`);
    this.#options.show(this.#live);
  }

  /** Writes what is live, in order. */
  #flush(): void {
    const lines = this.#live.map(({ text }) => text).filter((text) => text !== '');
    this.#live = [];
    this.#fold.reset();
    this.#streamed = '';
    if (lines.length > 0) this.#options.write(`${lines.join('\n')}\n`);
  }

  #clear(wait: boolean): void {
    this.#clearNext = wait;
    if (wait) return;
    this.#live = [];
    this.#fold.reset();
    this.#streamed = '';
    this.#options.show([]);
  }

  /** Whole lines go above the prompt; one that is still open, and the end of a long output, stay live. */
  #stream(text: string): void {
    this.#streamed = (this.#streamed + text).slice(-mostKept);
    const open = this.#live.find(({ id }) => id === partialId)?.text ?? '';
    const printed = open + this.#fold.take(text);
    const end = printed.lastIndexOf('\n') + 1;
    if (end > 0) this.#options.write(printed.slice(0, end));
    this.#place(partialId, printed.slice(end));
    const { summary, hidden } = this.#fold;
    if (hidden > 0) this.#whole = this.#streamed;
    this.#place(foldId, hidden > 0 ? summary.replace(' more\n', ' more (Ctrl-O opens all)\n') : summary);
    this.#options.show(this.#live);
  }

  #folded(text: string): string {
    const { shown, isFolded } = foldText(text, this.#options.paint);
    if (isFolded) this.#whole = text;
    return shown;
  }

  #setLive(id: string, text: string): void {
    this.#place(id, text);
    this.#options.show(this.#live);
  }

  #update(id: string, text: string): void {
    if (this.#live.some((block) => block.id === id)) this.#setLive(id, text);
  }

  /** Streams stay above the displays that change. */
  #place(id: string, text: string): void {
    const at = this.#live.findIndex((block) => block.id === id);
    if (at >= 0) this.#live = this.#live.with(at, { id, text });
    else if (text !== '')
      this.#live = id.startsWith('\0') ? [{ id, text }, ...this.#live] : [...this.#live, { id, text }];
    this.#live = this.#live.filter((block) => block.text !== '' || !block.id.startsWith('\0'));
  }
}

/** The lines of a traceback have colours of their own. */
function errorText({ traceback, ename, evalue }: ErrorOutput, paint: Paint): string {
  const text = traceback.length > 0 ? traceback.join('\n') : `${ename}: ${evalue}`;
  return paint === uncolored ? withoutColors(text) : text;
}

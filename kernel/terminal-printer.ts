import type { Writable } from 'node:stream';
import { LineFold } from './line-fold.ts';
import type { Output } from './output.ts';
import { terminalText } from './terminal-text.ts';
import { withoutColors } from './without-colors.ts';

export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where updates cannot be drawn in place, one of many lines is printed per so many ms; the last one always. */
const plainInterval = 5000;

/** No display has this id. */
const foldId = '';

interface LiveBlock {
  readonly id: string;
  text: string;
  /** What is on the screen, or in the log. */
  printed: string;
  printedAt: number;
}

/** Prints outputs as text: in place on a terminal, as plain lines in a log. */
export class TerminalPrinter {
  readonly #terminal: Terminal;
  readonly #inPlace: boolean;
  /** The displays at the very end of the output, which may still change. */
  #live: LiveBlock[] = [];
  #lineOpen = false;
  readonly #fold = new LineFold();

  /** `inPlace`: draws over what may change; else, as in a log, prints it anew. Default: on a terminal. */
  constructor(terminal: Terminal, { inPlace = terminal.isTTY === true } = {}) {
    this.#terminal = terminal;
    this.#inPlace = inPlace;
  }

  print(output: Output): void {
    if (output.type === 'update') this.#update(output.displayId, terminalText(output.data));
    else if (output.type === 'display' && output.displayId !== undefined)
      this.#addLive(output.displayId, terminalText(output.data));
    else if (output.type === 'stream') this.#stream(output.text);
    else if (output.type === 'error') this.line(output.traceback.join('\n'));
    else if (output.type === 'result' || output.type === 'display') this.line(terminalText(output.data));
  }

  /** A line of its own. */
  line(text: string): void {
    this.settle();
    this.#fold.reset();
    this.write(`${this.#lineOpen ? '\n' : ''}${this.#plain(text)}\n`);
  }

  write(text: string): void {
    this.settle();
    this.#put(this.#plain(text));
  }

  /** Leaves the displays at the end as they are now; later updates of them are not drawn. */
  settle(): void {
    for (const block of this.#live) if (block.text !== block.printed) this.#printBlock(block);
    this.#live = [];
  }

  /** Width of a line; a log has room for some more than a terminal usually has. */
  get columns(): number {
    return this.#terminal.columns ?? 104;
  }

  #put(text: string): void {
    if (!text) return;
    this.#terminal.write(text);
    this.#lineOpen = !text.endsWith('\n');
  }

  /** A terminal shows the begin of a long output, and its end as it grows. */
  #stream(text: string): void {
    const print = this.#inPlace ? this.#fold.take(text) : text;
    if (print) this.write(print);
    const { summary } = this.#fold;
    if (!summary) return;
    if (this.#live.some(({ id }) => id === foldId)) this.#update(foldId, summary);
    else this.#addLive(foldId, summary);
  }

  #addLive(id: string, text: string): void {
    if (this.#lineOpen) this.#put('\n');
    const block = { id, text, printed: '', printedAt: 0 };
    this.#live.push(block);
    this.#printBlock(block);
  }

  #update(id: string, text: string): void {
    const block = this.#live.find((candidate) => candidate.id === id);
    if (!block) return;
    block.text = text;
    if (this.#inPlace) this.#redraw();
    else if (isLine(text) && performance.now() - block.printedAt >= plainInterval) this.#printBlock(block);
  }

  #printBlock(block: LiveBlock): void {
    this.#put(`${this.#fit(block.text)}\n`);
    block.printed = block.text;
    block.printedAt = performance.now();
  }

  #redraw(): void {
    const height = this.#live.reduce((sum, block) => sum + block.printed.split('\n').length, 0);
    // The carriage return is for what the user has typed, such as ^C.
    this.#put(`\r\u001b[${height}A\u001b[J`);
    for (const block of this.#live) this.#printBlock(block);
  }

  /** Lines that wrapped could not be drawn over. */
  #fit(text: string): string {
    if (!this.#inPlace) return this.#plain(text);
    const columns = this.#terminal.columns || 80;
    return text
      .split('\n')
      .map((line) => (line.includes('\u001b') ? line : line.slice(0, columns - 1)))
      .join('\n');
  }

  #plain(text: string): string {
    return this.#inPlace ? text : withoutColors(text);
  }
}

/** A chart in a log is worth its lines once only. */
const isLine = (text: string): boolean => !text.includes('\n');

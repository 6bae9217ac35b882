import type { Writable } from 'node:stream';
import type { MimeBundle } from '../src/report.ts';
import type { Output } from './output.ts';
import { withoutColors } from './without-colors.ts';

export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where updates cannot be drawn in place, one of many is printed per so many ms; the last one always. */
const plainInterval = 5000;

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
  /** The displays at the very end of the output, which may still change. */
  #live: LiveBlock[] = [];
  #lineOpen = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  print(output: Output): void {
    if (output.type === 'update') this.#update(output.displayId, toText(output.data));
    else if (output.type === 'display' && output.displayId !== undefined)
      this.#addLive(output.displayId, toText(output.data));
    else if (output.type === 'stream') this.write(output.text);
    else if (output.type === 'error') this.line(output.traceback.join('\n'));
    else if (output.type !== 'clear') this.line(toText(output.data));
  }

  /** A line of its own. */
  line(text: string): void {
    this.settle();
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

  get #inPlace(): boolean {
    return this.#terminal.isTTY === true;
  }

  #put(text: string): void {
    if (!text) return;
    this.#terminal.write(text);
    this.#lineOpen = !text.endsWith('\n');
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
    else if (performance.now() - block.printedAt >= plainInterval) this.#printBlock(block);
  }

  #printBlock(block: LiveBlock): void {
    this.#put(`${this.#fit(block.text)}\n`);
    block.printed = block.text;
    block.printedAt = performance.now();
  }

  #redraw(): void {
    const height = this.#live.reduce((sum, block) => sum + block.printed.split('\n').length, 0);
    this.#put(`\u001b[${height}A\u001b[J`);
    for (const block of this.#live) this.#printBlock(block);
  }

  /** Lines that wrapped could not be drawn over. */
  #fit(text: string): string {
    if (!this.#inPlace) return this.#plain(text);
    const columns = this.#terminal.columns ?? 80;
    return text
      .split('\n')
      .map((line) => (line.includes('\u001b') ? line : line.slice(0, columns - 1)))
      .join('\n');
  }

  #plain(text: string): string {
    return this.#inPlace ? text : withoutColors(text);
  }
}

function toText(data: MimeBundle): string {
  const text = data['text/plain'] ?? data['text/markdown'] ?? `<${Object.keys(data).join(', ')}>`;
  return String(text).replace(/\n$/, '');
}

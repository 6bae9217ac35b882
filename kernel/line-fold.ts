/** Lines of a cell's plain output that a terminal shows before it folds the rest, and of the rest. */
const headLines = 30;
const tailLines = 5;

/** Splits a long output into lines to print and a summary of the rest, which ends with the newest lines. */
export class LineFold {
  #printed = 0;
  #hidden = 0;
  #tail: string[] = [];

  /** Takes more output; returns what of it is to be printed as it is. */
  take(text: string): string {
    let print = '';
    for (const piece of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      if (this.#printed >= headLines) this.#keep(piece);
      else {
        print += piece;
        if (piece.endsWith('\n')) this.#printed++;
      }
    }
    return print;
  }

  /** How many lines are left out. */
  get hidden(): number {
    return this.#hidden;
  }

  /** `... 2,965 lines more`, and the newest ones; empty if all has been printed. */
  get summary(): string {
    const more = this.#hidden === 1 ? 'line' : 'lines';
    const note = this.#hidden > 0 ? `... ${this.#hidden.toLocaleString('en')} ${more} more\n` : '';
    return note + this.#tail.join('').replace(/\n$/, '');
  }

  reset(): void {
    this.#printed = 0;
    this.#hidden = 0;
    this.#tail = [];
  }

  #keep(piece: string): void {
    const last = this.#tail.at(-1);
    if (last !== undefined && !last.endsWith('\n')) this.#tail[this.#tail.length - 1] = last + piece;
    else this.#tail.push(piece);
    if (this.#tail.length <= tailLines) return;
    this.#tail.shift();
    this.#hidden++;
  }
}

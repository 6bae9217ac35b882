import type { RemoteOutput } from '../devices/agent/protocol.ts';
import { displaySymbol, type MimeBundle } from '../src/report.ts';
import type { Context, DisplayHandle } from './magic.ts';

/** Shows what a cell shows on a device; with a name, its lines begin with it, since others show theirs beside. */
export class RemoteScreen {
  readonly #context: Context;
  readonly #name: string | undefined;
  readonly #handles = new Map<string, DisplayHandle>();
  /** The beginnings of lines whose end has not come. */
  readonly #open = { stdout: '', stderr: '' };

  constructor(context: Context, name: string | undefined) {
    this.#context = context;
    this.#name = name;
  }

  show(output: RemoteOutput): void {
    if (output.type === 'stream') this.print(output.text, output.name);
    else if (output.type === 'update') this.#handles.get(output.displayId)?.update(shown(output.data));
    else this.#display(output.data, output.displayId);
  }

  print(text: string, stream: 'stdout' | 'stderr'): void {
    if (this.#name === undefined) {
      this.#context.print(text, stream);
      return;
    }
    const lines = (this.#open[stream] + text).split('\n');
    this.#open[stream] = lines.pop()!;
    if (lines.length > 0) this.#printLines(lines, stream);
  }

  /** Prints the lines that have no end. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const last = this.#open[stream];
      this.#open[stream] = '';
      if (last !== '') this.#printLines([last], stream);
    }
  }

  #printLines(lines: readonly string[], stream: 'stdout' | 'stderr'): void {
    this.#context.print(lines.map((line) => `[${this.#name}] ${line}\n`).join(''), stream);
  }

  #display(data: MimeBundle, id: string | undefined): void {
    const text = data['text/plain'];
    const isText = Object.keys(data).length === 1 && typeof text === 'string';
    if (this.#name !== undefined && isText && id === undefined) {
      this.print(`${text}\n`, 'stdout');
      return;
    }
    if (this.#name !== undefined) this.#context.print(`[${this.#name}]\n`);
    const handle = this.#context.display(shown(data));
    if (id !== undefined) this.#handles.set(id, handle);
  }
}

const shown = (data: MimeBundle) => ({ [displaySymbol]: () => data });

import type { MimeBundle } from '../src/report.ts';
import { type CodeCell, joinLines, type StoredBundle, type StoredOutput, splitLines } from './notebook.ts';
import type { Output } from './output.ts';

/** Collects outputs into the cells of a notebook as nbformat stores them. */
export class NotebookOutputs {
  readonly #byDisplayId = new Map<string, StoredOutput[]>();
  #clearNext = false;

  /** Forgets the cell's old outputs. */
  begin(cell: CodeCell): void {
    cell.outputs = [];
    cell.execution_count = null;
    this.#clearNext = false;
  }

  /** Adds to the cell; an update replaces what was shown under its id, wherever that is. */
  add(cell: CodeCell, output: Output): void {
    if (output.type === 'page' || output.type === 'comm') return;
    if (output.type === 'clear' && output.wait) {
      this.#clearNext = true;
      return;
    }
    if (output.type === 'clear' || this.#clearNext) cell.outputs = [];
    this.#clearNext = false;
    if (output.type === 'clear') return;
    if (output.type === 'update') this.#update(output.displayId, output);
    else if (output.type === 'stream') addStream(cell, output.name, output.text);
    else cell.outputs.push(this.#store(cell, output));
  }

  #store(cell: CodeCell, output: Extract<Output, { type: 'display' | 'result' | 'error' }>): StoredOutput {
    if (output.type === 'error') {
      const { ename, evalue, traceback } = output;
      return { output_type: 'error', ename, evalue, traceback };
    }
    const { metadata } = output;
    const data = storeBundle(output.data);
    if (output.type === 'result')
      return { output_type: 'execute_result', data, metadata, execution_count: cell.execution_count };
    const stored: StoredOutput = { output_type: 'display_data', data, metadata };
    if (output.displayId !== undefined)
      this.#byDisplayId.set(output.displayId, [...(this.#byDisplayId.get(output.displayId) ?? []), stored]);
    return stored;
  }

  #update(id: string, { data, metadata }: { data: MimeBundle; metadata: Record<string, unknown> }): void {
    for (const stored of this.#byDisplayId.get(id) ?? []) {
      if (stored.output_type !== 'display_data') continue;
      stored.data = storeBundle(data);
      stored.metadata = metadata;
    }
  }
}

function addStream(cell: CodeCell, name: 'stdout' | 'stderr', text: string): void {
  const last = cell.outputs.at(-1);
  if (last?.output_type === 'stream' && last.name === name)
    last.text = splitLines(joinLines(last.text) + text);
  else cell.outputs.push({ output_type: 'stream', name, text: splitLines(text) });
}

/** Text is stored as lines; JSON and base64 as they are. */
function storeBundle(bundle: MimeBundle): StoredBundle {
  const isText = (mime: string) =>
    mime.startsWith('text/') || mime === 'image/svg+xml' || mime === 'application/javascript';
  return Object.fromEntries(
    Object.entries(bundle).map(([mime, data]) => [
      mime,
      typeof data === 'string' && isText(mime) ? splitLines(data) : data,
    ]),
  );
}

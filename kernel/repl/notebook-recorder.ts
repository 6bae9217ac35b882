import { existsSync } from 'node:fs';
import { type CodeCell, type Notebook, splitLines, writeNotebook } from '../notebook.ts';
import { NotebookOutputs } from '../notebook-outputs.ts';
import type { Output } from '../output.ts';
import { withoutColors } from '../without-colors.ts';
import type { CellRecorder } from './cell-runner.ts';

/** Keeps the cells of a session and what they show, to be saved as a notebook. */
export class NotebookRecorder implements CellRecorder {
  readonly #notebook: Notebook;
  readonly #outputs = new NotebookOutputs();
  #cell: CodeCell | undefined;

  /** Goes on with the cells of another notebook. */
  constructor(notebook?: Notebook) {
    this.#notebook = notebook ?? emptyNotebook();
  }

  begin(code: string, count: number): void {
    const cell: CodeCell = {
      ...{ cell_type: 'code', source: splitLines(code), metadata: {} },
      ...{ execution_count: count, outputs: [] },
    };
    this.#outputs.begin(cell);
    cell.execution_count = count;
    this.#notebook.cells.push(cell);
    this.#cell = cell;
  }

  add(output: Output): void {
    if (this.#cell) this.#outputs.add(this.#cell, uncolored(output));
  }

  /** Writes the notebook; resolves to what was done, for people. */
  async save(path: string): Promise<string> {
    const isNew = !existsSync(path);
    await writeNotebook(path, this.#notebook);
    const { length } = this.#notebook.cells;
    return `${isNew ? 'Saved' : 'Replaced'} ${path}: ${length} ${length === 1 ? 'cell' : 'cells'}`;
  }
}

/** A notebook's texts have no colours; its errors do. */
function uncolored(output: Output): Output {
  if (!('data' in output) || typeof output.data['text/plain'] !== 'string') return output;
  return { ...output, data: { ...output.data, 'text/plain': withoutColors(output.data['text/plain']) } };
}

const emptyNotebook = (): Notebook => ({
  ...{ nbformat: 4, nbformat_minor: 5, cells: [] },
  metadata: {
    kernelspec: { name: 'edgebook', display_name: 'Edgebook (TypeScript)', language: 'typescript' },
    language_info: { name: 'typescript', file_extension: '.ts' },
  },
});

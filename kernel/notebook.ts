import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../src/errors.ts';

/** A notebook file, nbformat 4. Fields that Edgebook does not know are kept. */
export interface Notebook {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  metadata: Record<string, unknown>;
  readonly cells: Cell[];
}

export type Cell = CodeCell | TextCell;

export interface CodeCell {
  readonly cell_type: 'code';
  readonly source: Multiline;
  readonly metadata: CellMetadata;
  execution_count: number | null;
  outputs: StoredOutput[];
}

export interface TextCell {
  readonly cell_type: 'markdown' | 'raw';
  readonly source: Multiline;
  readonly metadata: CellMetadata;
}

export interface CellMetadata {
  readonly tags?: readonly string[];
}

export type Multiline = string | readonly string[];
export type StoredBundle = Record<string, unknown>;

export type StoredOutput =
  | { output_type: 'stream'; name: 'stdout' | 'stderr'; text: Multiline }
  | { output_type: 'display_data'; data: StoredBundle; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      data: StoredBundle;
      metadata: Record<string, unknown>;
      execution_count: number | null;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: readonly string[] };

export function joinLines(text: Multiline): string {
  return typeof text === 'string' ? text : text.join('');
}

/** As nbformat stores text: lines with their line breaks. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Reads a notebook. Throws UsageError if there is none, or none of nbformat 4. */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`Cannot read the notebook '${path}': ${cause.message}`, { cause });
  });
  const notebook = parseJson(path, text);
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells))
    throw new UsageError(
      `'${path}' must be a notebook of nbformat 4, was ${notebook?.nbformat ?? 'no notebook'}. ` +
        `Open it in Jupyter and save it again to convert it.`,
    );
  return notebook as Notebook;
}

/** Writes a notebook so that a crash leaves either the old file or the new one. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(notebook, null, 1)}\n`);
}

/** Write-temp, fsync, rename. Makes the folder if there is none. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function parseJson(path: string, text: string): Partial<Notebook> | null {
  try {
    return JSON.parse(text) as Partial<Notebook> | null;
  } catch (cause) {
    throw new UsageError(`'${path}' is no notebook: ${(cause as Error).message}`, { cause });
  }
}

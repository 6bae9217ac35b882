import { dirname, resolve } from 'node:path';
import { type CodeCell, joinLines, type Notebook, readNotebook, writeNotebook } from './notebook.ts';
import { NotebookOutputs } from './notebook-outputs.ts';
import { Session } from './session.ts';
import { type Terminal, TerminalPrinter } from './terminal-printer.ts';

export interface RunOptions {
  /** Where the executed notebook goes. Default: over the notebook itself. */
  readonly out?: string;
  /** Where progress is shown. Default: stdout. */
  readonly terminal?: Terminal;
  /** Interrupts the running cell when aborted; the run stops there. */
  readonly signal?: AbortSignal;
  /** URL of a module that exports `magics`. Default: Edgebook's own. */
  readonly magicsUrl?: string;
}

export interface RunResult {
  readonly notebook: Notebook;
  /** Where the executed notebook is. */
  readonly out: string;
  /** False if a cell failed: those below it have not run. */
  readonly ok: boolean;
}

interface Run {
  readonly notebook: Notebook;
  readonly session: Session;
  readonly outputs: NotebookOutputs;
  readonly printer: TerminalPrinter;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs the code cells of a notebook in order, shows progress, and writes the notebook with its outputs, also if a
 * cell fails. A cell tagged `raises-exception` may fail. Throws UsageError if the notebook cannot be read.
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<RunResult> {
  const { out = path, terminal = process.stdout, signal, magicsUrl } = options;
  const notebook = await readNotebook(path);
  const session = new Session({ cwd: dirname(resolve(path)), ...(magicsUrl && { magicsUrl }) });
  const printer = new TerminalPrinter(terminal);
  const start = performance.now();
  try {
    const run = { notebook, session, outputs: new NotebookOutputs(), printer, signal };
    const ok = await runCells(run);
    if (!signal?.aborted) await session.types.settled();
    await writeNotebook(out, notebook);
    printer.line(`${conclusion(ok, signal)} after ${elapsed(start)}. Executed notebook: ${out}`);
    return { notebook, out, ok };
  } finally {
    await session.close();
  }
}

async function runCells(run: Run): Promise<boolean> {
  const cells = run.notebook.cells.filter((cell) => cell.cell_type === 'code');
  for (const cell of cells) run.outputs.begin(cell);
  for (const [index, cell] of cells.entries()) {
    if (joinLines(cell.source).trim() === '') continue;
    if (!(await runCell(run, cell, `[${index + 1}/${cells.length}]`))) return false;
  }
  return true;
}

/** Runs one cell; false if it failed and must not. */
async function runCell(
  { session, outputs, printer, signal }: Run,
  cell: CodeCell,
  place: string,
): Promise<boolean> {
  const code = joinLines(cell.source);
  const start = performance.now();
  printer.line(`\u001b[36m${place}\u001b[39m ${firstLine(code, printer.columns - place.length - 1)}`);
  cell.execution_count = session.executionCount + 1;
  const { error } = await session.execute(code, {
    ...(signal && { signal }),
    onOutput: (output) => {
      outputs.add(cell, output);
      printer.print(output);
    },
  });
  printer.settle();
  printer.line(`\u001b[2m      ${elapsed(start)}\u001b[22m`);
  if (signal?.aborted) return false;
  return !error || cell.metadata.tags?.includes('raises-exception') === true;
}

function conclusion(ok: boolean, signal: AbortSignal | undefined): string {
  if (ok) return 'Done';
  return signal?.aborted
    ? 'Interrupted: the cells below have not run. Stopped'
    : 'Stopped at a cell that failed';
}

function firstLine(code: string, width: number): string {
  const lines = code.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '' && !line.startsWith('//'));
  // A bare `[` tells nothing of the cell.
  const line = /\w/.test(lines[first] ?? '') ? lines[first]! : lines.slice(Math.max(0, first)).join(' ');
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

function elapsed(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

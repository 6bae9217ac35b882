import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect, types } from 'node:util';
import { tracebackSymbol } from '../../src/errors.ts';
import type { ErrorOutput } from '../output.ts';
import { findCell } from './cell-sources.ts';
import { type CellFrame, cellName, type FileFrame, type Frame, parseStack } from './stack-frames.ts';

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;

/** Lines shown above and below the one at fault. */
const context = 2;
const maxFrames = 8;
const maxDepth = 5;

/** Errors whose text says all: where the library was at the time does not help the user. */
const selfExplaining = new Set(['ModelError', 'DeviceError']);

/**
 * What user code threw, as a front end shows it: message, then the lines of cells in IPython's form
 * (`Cell In[3], line 5`), then causes. A UsageError is one line.
 */
export function errorOutput(thrown: unknown): ErrorOutput {
  const { ename, evalue } = nameAndMessage(thrown);
  return { type: 'error', ename, evalue, traceback: describe(thrown, []) };
}

/** An error at a known line of a cell, such as a syntax error. */
export function errorAtLine(error: Error, script: string, line: number): ErrorOutput {
  const place = describeCellFrame({ kind: 'cell', script, line, functionName: undefined });
  const traceback = [`${red(error.name)}: ${error.message}`, '', ...place];
  return { type: 'error', ename: error.name, evalue: error.message, traceback };
}

function nameAndMessage(thrown: unknown): { ename: string; evalue: string } {
  if (!isError(thrown)) return { ename: 'Thrown', evalue: inspect(thrown) };
  return { ename: String(thrown.name || 'Error'), evalue: String(thrown.message) };
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** `above`: the errors whose cause it is. */
function describe(thrown: unknown, above: readonly unknown[]): string[] {
  const foreign = isError(thrown) && (thrown as Partial<Foreign>)[tracebackSymbol];
  if (foreign) return [...foreign];
  const { ename, evalue } = nameAndMessage(thrown);
  const header = `${red(ename)}: ${evalue}`.split('\n');
  if (!isError(thrown) || ename === 'UsageError' || above.length >= maxDepth) return header;
  if (above.includes(thrown)) return [`${header[0]} (shown above)`];
  const frames = parseStack(stackOf(thrown)).filter(
    (frame) => frame.kind === 'cell' || !selfExplaining.has(ename),
  );
  return [...header, ...describeFrames(frames), ...describeCauses(thrown, [...above, thrown])];
}

/** An error of a session elsewhere. */
type Foreign = { readonly [tracebackSymbol]: readonly string[] };

function stackOf(error: Error): string {
  try {
    return String(error.stack ?? '');
  } catch {
    // A getter of the user's.
    return '';
  }
}

function describeFrames(frames: readonly Frame[]): string[] {
  const shown = frames.slice(0, maxFrames);
  const lines = shown.flatMap((frame) =>
    frame.kind === 'cell' ? ['', ...describeCellFrame(frame)] : describeFileFrame(frame),
  );
  const left = frames.length - shown.length;
  return left > 0 ? [...lines, dim(`    and ${left} more`)] : lines;
}

/** VS Code makes a link of `Cell In[3], line 5`. */
function describeCellFrame({ script, line, functionName }: CellFrame): string[] {
  const cell = findCell(script);
  const head = `${cellName(script)}, line ${line}${functionName ? `, in ${functionName}` : ''}`;
  return [head, ...(cell ? sourceLines(cell.code, line) : [])];
}

/** The user's own files are shown as cells are, those of packages with their place only. */
function describeFileFrame({ text }: FileFrame): string[] {
  const [, caller, path = '', line] = /^(?:(.*) \()?(?:file:\/\/)?(\/.+?):(\d+):\d+\)?$/.exec(text) ?? [];
  const inFolder = relative(process.cwd(), path);
  if (!path || inFolder.startsWith('..') || inFolder.includes('node_modules')) return [dim(`    at ${text}`)];
  const head = `File ${inFolder}, line ${line}${caller ? `, in ${caller}` : ''}`;
  return ['', head, ...sourceLines(readSource(path), Number(line))];
}

function readSource(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has gone, or is a cell of a notebook.
    return '';
  }
}

function sourceLines(code: string, line: number): string[] {
  const lines = code.split('\n');
  if (line > lines.length || code === '') return [];
  const first = Math.max(1, line - context);
  const last = Math.min(lines.length, line + context);
  const result: string[] = [];
  for (let n = first; n <= last; n++) {
    const number = n === line ? `----> ${n}` : String(n);
    const text = `${number.padStart(7 + String(last).length - 1)} ${lines[n - 1]}`.trimEnd();
    result.push(n === line ? green(text) : text);
  }
  return result;
}

function describeCauses(error: Error, above: readonly unknown[]): string[] {
  const causes = error.cause === undefined ? [] : describe(error.cause, above);
  const errors = innerErrors(error).slice(0, maxFrames);
  return [
    ...(causes.length > 0 ? ['', `Caused by ${causes[0]}`, ...causes.slice(1)] : []),
    ...errors.flatMap((inner) => ['', ...describe(inner, above)]),
  ];
}

/** The errors that an error stands for. */
function innerErrors(error: Error): unknown[] {
  if (error instanceof AggregateError) return error.errors;
  return error instanceof SuppressedError ? [error.error, error.suppressed] : [];
}

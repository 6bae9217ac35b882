import { fileURLToPath } from 'node:url';
import { findCell } from './cell-sources.ts';

/** One line of a stack trace. */
export type Frame = CellFrame | FileFrame;

export interface CellFrame {
  readonly kind: 'cell';
  readonly script: string;
  /** Line of the cell, from 1. */
  readonly line: number;
  readonly functionName: string | undefined;
}

export interface FileFrame {
  readonly kind: 'file';
  /** As V8 wrote it, without `at`. */
  readonly text: string;
}

const fromV8 = /^(?:async )?(?:(.*) \()?((?:cell|silent)-\d+\.ts):(\d+):(\d+)\)?$/;
const fromUs = /^(?:(.*) \()?(?:Cell In\[(\d+)\]|Silent cell (\d+)), line (\d+)\)?$/;
const ownFolders = ['..', '../../magics'].map((path) => new URL(`${path}/`, import.meta.url));
const own = ownFolders.flatMap((url) => [url.href, fileURLToPath(url)]);

/**
 * Makes stack traces, wherever they are printed, tell of cells as a user knows them (`Cell In[3], line 5`), without the
 * frames of Node and the kernel, and without those that have led into the outermost cell.
 */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, callSites) => {
    const frames = callSites.map(String).filter(isForUser).map(readable);
    const outermost = frames.findLastIndex((text) => fromUs.test(text));
    const shown = outermost < 0 ? frames : frames.slice(0, outermost + 1);
    return [headerOf(error), ...shown.map((text) => `    at ${text}`)].join('\n');
  };
}

/** The frames of `stack`, innermost first. */
export function parseStack(stack: string): Frame[] {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return lines
    .map((line) => line.replace(/^\s+at /, ''))
    .filter(isForUser)
    .map(parseFrame);
}

function isForUser(text: string): boolean {
  return (
    !own.some((folder) => text.includes(folder)) &&
    !/\(?node:[\w/]+:\d+|<anonymous>|\(:\d|native\)$/.test(text)
  );
}

function headerOf(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** A frame of a cell in the user's words and lines, all others as they are. */
function readable(text: string): string {
  const [, caller, script, line, column] = fromV8.exec(text) ?? [];
  if (script === undefined) return text;
  const sourceLine = findCell(script)?.sourceLine ?? ((n: number) => n);
  const place = `${cellName(script)}, line ${sourceLine(Number(line), Number(column))}`;
  // V8 adds the property that held it: `Timeout.later [as _onTimeout]`.
  return caller ? `${caller.replace(/ \[as [^\]]*\]$/, '')} (${place})` : place;
}

/** `cell-3.ts` is `Cell In[3]`, as IPython has it: VS Code makes a link of that. */
export function cellName(script: string): string {
  const number = /\d+/.exec(script)![0];
  return script.startsWith('cell') ? `Cell In[${number}]` : `Silent cell ${number}`;
}

function parseFrame(text: string): Frame {
  const [, caller, counted, silent, line] = fromUs.exec(readable(text)) ?? [];
  if (line === undefined) return { kind: 'file', text };
  const script = counted === undefined ? `silent-${silent}.ts` : `cell-${counted}.ts`;
  return { kind: 'cell', script, line: Number(line), functionName: caller };
}

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

const cellPattern = /^(?:async )?(?:(.*) \()?((?:cell|silent)-\d+\.ts):(\d+):(\d+)\)?$/;
const engineFolder = fileURLToPath(new URL('.', import.meta.url));
const engineUrl = new URL('.', import.meta.url).href;

/** The frames of `stack`, innermost first, without Node's and the kernel's own. */
export function parseStack(stack: string): Frame[] {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return lines
    .map((line) => line.replace(/^\s+at /, ''))
    .filter(isForUser)
    .map(parseFrame);
}

function isForUser(text: string): boolean {
  const ours = text.includes(engineFolder) || text.includes(engineUrl);
  return !ours && !/\(?node:[\w/]+:\d+|<anonymous>\)?$|native\)$/.test(text);
}

function parseFrame(text: string): Frame {
  const [, caller, script, line, column] = cellPattern.exec(text) ?? [];
  if (script === undefined) return { kind: 'file', text };
  const sourceLine = findCell(script)?.sourceLine ?? ((n: number) => n);
  // V8 adds the property that held it: `Timeout.later [as _onTimeout]`.
  const functionName = caller?.replace(/ \[as [^\]]*\]$/, '');
  return { kind: 'cell', script, functionName, line: sourceLine(Number(line), Number(column)) };
}

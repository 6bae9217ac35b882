import { dirname } from 'node:path';
import { mayHoldMagics, transformMagics } from '../magics-transform.ts';
import { findCell, rememberCell } from './cell-sources.ts';
import { compile } from './compile.ts';
import { importingFrom } from './current-importer.ts';
import { evaluate, Thrown } from './evaluate.ts';
import { lastValue } from './last-value.ts';
import { loadMagics } from './load-magics.ts';
import { shielded, type TerminationGuard, uncooperative } from './termination-guard.ts';
import { declaredNames, declareVariables } from './variables.ts';

export interface CodePlace {
  /** The running cell's script, whose line `line` the code begins in. */
  readonly script: string;
  readonly line: number;
  /** Absolute path of the file that the code is from, if it is from one. */
  readonly file?: string | undefined;
  /** Called right before the code runs, when it is compiled. */
  readonly onStart?: (() => void) | undefined;
}

export interface CodeHost {
  readonly magicsUrl: string;
  readonly guard: TerminationGuard;
}

/**
 * Runs TypeScript while a cell runs, on behalf of a magic in it; resolves to the value of its last expression.
 * Its top-level declarations are the session's. Throws what the code throws, CellSyntaxError, or Terminated.
 */
export async function runCode(code: string, place: CodePlace, host: CodeHost): Promise<unknown> {
  const { file, script, line } = place;
  // Blank lines put the code where it is in the cell, so that errors name the right line.
  const source = file === undefined ? '\n'.repeat(line - 1) + code : code;
  const compiled = await shielded(host.guard, async () => {
    const magics = mayHoldMagics(source) ? await loadMagics(host.magicsUrl) : [];
    return compile(transformMagics(source, magics, declaredNames()));
  });
  declareVariables(compiled.declares);
  const cell = findCell(script);
  if (cell && file === undefined) rememberCell(script, { ...cell, sourceLine: compiled.sourceLine });
  await outsideEvaluation();
  const run = () => {
    place.onStart?.();
    return uncooperative(host.guard, () => runScripts(compiled.scripts, file ?? script));
  };
  return file === undefined ? run() : importingFrom(dirname(file), run);
}

/**
 * A new turn of the event loop. Until the first real wait a magic runs inside the inspector's evaluation of its cell;
 * terminating an evaluation within another leaves V8 in a state in which a later garbage collection aborts.
 */
function outsideEvaluation(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Calls a function of the user. Throws what it throws. */
export async function callWork<T>(work: () => T | Promise<T>, guard: TerminationGuard): Promise<T> {
  await outsideEvaluation();
  return uncooperative(guard, async () => work());
}

async function runScripts(scripts: readonly string[], name: string): Promise<unknown> {
  lastValue.value = undefined;
  try {
    for (const script of scripts) await evaluate(`${script}\n//# sourceURL=${name}`);
  } catch (error) {
    throw error instanceof Thrown ? error.value : error;
  }
  const value = lastValue.value;
  lastValue.value = undefined;
  return value;
}

import { mayHoldMagics, transformMagics } from '../magics-transform.ts';
import type { ErrorOutput } from '../output.ts';
import { rememberCell, scriptName } from './cell-sources.ts';
import { CellSyntaxError, type Compiled, compile } from './compile.ts';
import { evaluate, guarded, Terminated, Thrown } from './evaluate.ts';
import { internals } from './globals.ts';
import { interruptedError } from './interrupt.ts';
import { loadMagics } from './magic-call.ts';
import type { CellSource, Request } from './protocol.ts';
import { beginCell, endCell } from './running-cell.ts';
import { displaysSettled, showResult } from './show-value.ts';
import { resetGuard, shielded, type TerminationGuard } from './termination-guard.ts';
import { errorAtLine, errorOutput } from './traceback.ts';
import { declareVariables } from './variables.ts';

interface CellHost {
  readonly magicsUrl: string;
  readonly guard: TerminationGuard;
}

type Execute = Extract<Request, { type: 'execute' }>;

/** Compiles and runs a cell, shows its value, and tells the kernel how it ended. Never rejects. */
export async function runCell({ cell: id, source }: Execute, host: CellHost): Promise<void> {
  const { controller } = beginCell(id);
  const name = scriptName(id, source.count);
  try {
    const compiled = await shielded(host.guard, () => prepare(name, source, host.magicsUrl));
    await run(compiled, name);
    endCell(id);
  } catch (error) {
    endCell(id, await describeError(error, name, controller.signal));
  }
  resetGuard(host.guard);
}

async function prepare(name: string, source: CellSource, magicsUrl: string): Promise<Compiled> {
  rememberCell(name, { ...source, sourceLine: (line) => line });
  const magics = mayHoldMagics(source.code) ? await loadMagics(magicsUrl) : [];
  const compiled = await compile(transformMagics(source.code, magics));
  rememberCell(name, { ...source, sourceLine: compiled.sourceLine });
  declareVariables(compiled.declares);
  return compiled;
}

async function run(compiled: Compiled, name: string): Promise<void> {
  internals.last = undefined;
  for (const script of compiled.scripts) await evaluate(`${script}\n//# sourceURL=${name}`);
  const value = internals.last;
  internals.last = undefined;
  if (value !== undefined) guarded(() => showResult(value));
  await displaysSettled();
}

async function describeError(error: unknown, name: string, signal: AbortSignal): Promise<ErrorOutput> {
  if (error instanceof Terminated) return interruptedError;
  if (error instanceof CellSyntaxError) return errorAtLine(error, name, error.line);
  const thrown = error instanceof Thrown ? error.value : error;
  if (signal.aborted && isAbort(thrown, signal)) return interruptedError;
  let output: ErrorOutput | undefined;
  try {
    guarded(() => {
      output = errorOutput(thrown);
    });
  } catch {
    // The error cannot be described: its own message or stack throws, or loops until the user interrupts.
  }
  return output ?? errorOutput(new Error('An error that cannot be shown'));
}

function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (thrown as Error | undefined)?.name === 'AbortError';
}

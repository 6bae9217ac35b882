import { mayHoldMagics, transformMagics } from '../magics-transform.ts';
import type { ErrorOutput } from '../output.ts';
import { rememberCell, scriptName } from './cell-sources.ts';
import { CellSyntaxError, type Compiled, compile } from './compile.ts';
import { evaluate, guarded, Terminated, Thrown } from './evaluate.ts';
import { evaluateExpressions } from './expressions.ts';
import { internalsName } from './internals.ts';
import { interruptedError } from './interrupt.ts';
import { lastValue } from './last-value.ts';
import { loadMagics } from './load-magics.ts';
import { defineModule } from './module-cells.ts';
import { moduleDirective } from './module-directive.ts';
import type { CellSource, Request } from './protocol.ts';
import { holdsResources } from './resources.ts';
import { asCell, beginCell, endCell, type RunningCell } from './running-cell.ts';
import { displaysSettled, showResult } from './show-value.ts';
import { shielded, type TerminationGuard } from './termination-guard.ts';
import { errorAtLine, errorOutput } from './traceback.ts';
import { tellTypesMode } from './types-mode.ts';
import { declaredNames, declareVariables } from './variables.ts';

interface CellHost {
  readonly magicsUrl: string;
  readonly guard: TerminationGuard;
}

type Execute = Extract<Request, { type: 'execute' }>;

/** Compiles and runs a cell, shows its value, and tells the kernel how it ended. Never rejects. */
export function runCell({ cell: id, beside, source }: Execute, host: CellHost): Promise<void> {
  const cell = beginCell({ id, beside, canAsk: source.canAsk, guard: host.guard });
  tellTypesMode(source.types);
  if (source.columns !== undefined) process.env.COLUMNS = String(source.columns);
  return asCell(cell, () => runBegun(cell, source, host));
}

async function runBegun(cell: RunningCell, source: CellSource, host: CellHost): Promise<void> {
  const name = scriptName(cell.id, source.count);
  try {
    const compiled = await shielded(host.guard, () => prepare(name, source, host.magicsUrl));
    await run(compiled, name);
    endCell(
      cell,
      await evaluateExpressions(source.expressions, (code) => evaluateValue(code, name, host.guard)),
    );
  } catch (error) {
    endCell(cell, { error: await describeError(error, name, cell.controller.signal) });
  }
}

async function prepare(name: string, source: CellSource, magicsUrl: string): Promise<Compiled> {
  rememberCell(name, { ...source, sourceLine: (line) => line });
  const directive = moduleDirective(source.code);
  if (directive) return defineModule(directive, name, source);
  const magics = mayHoldMagics(source.code) ? await loadMagics(magicsUrl) : [];
  const compiled = await compile(transformMagics(source.code, magics, declaredNames()));
  rememberCell(name, { ...source, sourceLine: compiled.sourceLine });
  declareVariables(compiled.declares);
  return compiled;
}

async function run(compiled: Compiled, name: string): Promise<void> {
  try {
    const { value } = await evaluateAll(compiled, name);
    if (value !== undefined) guarded(() => showResult(value));
    await displaysSettled();
  } catch (error) {
    await disposeAfter(error);
    throw error;
  }
  if (holdsResources()) await evaluate(disposeScript);
}

const suppression = 'An error was suppressed during disposal';
const disposeScript = `await ${internalsName}.dispose()`;

/** As where a block with `using` ends by an error: what goes wrong then suppresses the first error. */
async function disposeAfter(error: unknown): Promise<void> {
  if (!holdsResources()) return;
  try {
    await evaluate(disposeScript);
  } catch (later) {
    if (!(later instanceof Thrown && error instanceof Thrown)) throw later;
    throw new Thrown(new SuppressedError(later.value, error.value, suppression));
  }
}

async function evaluateValue(expression: string, name: string, guard: TerminationGuard): Promise<Last> {
  const compiled = await shielded(guard, () => compile(`(${expression}\n)`));
  return evaluateAll(compiled, name);
}

/** The value of the last expression; in a box, since it may be a promise that must not be awaited. */
interface Last {
  readonly value: unknown;
}

async function evaluateAll({ scripts }: Compiled, name: string): Promise<Last> {
  lastValue.value = undefined;
  for (const script of scripts) await evaluate(`${script}\n//# sourceURL=${name}`);
  const value = lastValue.value;
  lastValue.value = undefined;
  return { value };
}

async function describeError(error: unknown, name: string, signal: AbortSignal): Promise<ErrorOutput> {
  const thrown = error instanceof Thrown ? error.value : error;
  if (thrown instanceof Terminated) return interruptedError;
  if (thrown instanceof CellSyntaxError) return errorAtLine(thrown, name, thrown.line);
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

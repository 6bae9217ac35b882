import { runGuarded, take } from './evaluate.ts';
import { guardedImmediate } from './guarded-immediate.ts';
import { createImporter } from './importer.ts';
import { type Internals, internalsName } from './internals.ts';
import { createMagicCall } from './magic-call.ts';
import { cellSignal } from './running-cell.ts';
import { clearOutput, display, showValue } from './show-value.ts';
import type { TerminationGuard } from './termination-guard.ts';

/** What rewritten cells share with the kernel. */
export const internals: { last: unknown } = { last: undefined };

export interface GlobalOptions {
  readonly magicsUrl: string;
  readonly cwd: string;
  readonly guard: TerminationGuard;
}

/** Gives cells `display`, `require` and what the rewriting of cells and magics calls. */
export function installGlobals(options: GlobalOptions): void {
  const { require, ...importer } = createImporter(options.cwd);
  Object.assign(internals, importer, { take, guarded: runGuarded } satisfies Partial<Internals>);
  Object.defineProperty(globalThis, internalsName, { value: internals });
  globalThis.setImmediate = guardedImmediate();
  hidden('$magic', createMagicCall({ ...options, signal: cellSignal }));
  hidden('$show', showValue);
  hidden('require', require);
  hidden('display', Object.assign(display, { clear: clearOutput }));
}

/** Not enumerable, but a cell may declare a variable of that name. */
function hidden(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

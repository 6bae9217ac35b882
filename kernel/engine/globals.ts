import { installCellTimers } from './cell-timers.ts';
import { comms } from './comms.ts';
import { fileImporter } from './current-importer.ts';
import { displayFunction } from './display-function.ts';
import { runGuarded, take } from './evaluate.ts';
import { guardedImmediate } from './guarded-immediate.ts';
import { createHelpCall } from './help-call.ts';
import { createImporter } from './importer.ts';
import { alert, confirm, input, prompt, promptPassword } from './input.ts';
import { type Internals, internalsName } from './internals.ts';
import { lastValue } from './last-value.ts';
import { lateWidgets } from './late-widgets.ts';
import { createMagicCall } from './magic-call.ts';
import { progressBar } from './progress-bar.ts';
import { dispose, use } from './resources.ts';
import { cellSignal } from './running-cell.ts';
import { createLinesCall, createShellCall } from './shell-call.ts';
import { showPage, showValue } from './show-value.ts';
import type { TerminationGuard } from './termination-guard.ts';

export interface GlobalOptions {
  readonly magicsUrl: string;
  readonly cwd: string;
  readonly guard: TerminationGuard;
}

/** Gives cells `display`, `require` and what the rewriting of cells and magics calls. */
export function installGlobals(options: GlobalOptions): void {
  const { require, ...importer } = createImporter(options.cwd);
  Object.defineProperty(globalThis, internalsName, { value: createInternals(importer) });
  globalThis.setImmediate = guardedImmediate();
  installCellTimers();
  const host = { ...options, signal: cellSignal };
  hidden('$magic', createMagicCall(host));
  hidden('$shell', createShellCall(host));
  hidden('$lines', createLinesCall(host));
  hidden('$help', createHelpCall(host));
  hidden('$show', showValue);
  hidden('comms', comms);
  late('widget', lateWidgets.widget);
  late('liveCurve', lateWidgets.liveCurve);
  hidden('require', require);
  hidden('display', Object.assign(displayFunction, { page: showPage, input, progress: progressBar }));
  hidden('prompt', Object.assign(prompt, { password: promptPassword }));
  hidden('confirm', confirm);
  hidden('alert', alert);
}

/** What rewritten cells share with the kernel. */
function createInternals(importer: Pick<Internals, 'import' | 'meta'>): Internals {
  return {
    take,
    guarded: runGuarded,
    use,
    dispose,
    get import() {
      return (fileImporter() ?? importer).import;
    },
    get meta() {
      return (fileImporter() ?? importer).meta;
    },
    get last() {
      return lastValue.value;
    },
    set last(value) {
      lastValue.value = value;
    },
  };
}

/** Not enumerable, but a cell may declare a variable of that name. */
function hidden(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

/** A hidden global whose module is loaded when it is first used: most sessions never do. */
function late(name: string, value: () => unknown): void {
  Object.defineProperty(globalThis, name, {
    get: value,
    set: (next: unknown) => hidden(name, next),
    configurable: true,
  });
}

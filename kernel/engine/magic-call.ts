import { join } from 'node:path';
import { parseLine } from '../../magics/arguments.ts';
import type { Context, Magic } from '../../magics/magic.ts';
import { UsageError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { countedCells } from './cell-sources.ts';
import { confirm, input } from './input.ts';
import { lateWidgets } from './late-widgets.ts';
import { loadMagics } from './load-magics.ts';
import { progressBar, type StoppableBar } from './progress-bar.ts';
import { show } from './report.ts';
import { type CodePlace, callWork, runCode } from './run-code.ts';
import { display } from './show-value.ts';
import { parseStack } from './stack-frames.ts';
import { cooperative, type TerminationGuard } from './termination-guard.ts';
import { typesMode } from './types-mode.ts';
import { variables } from './variables.ts';

export interface MagicHost {
  /** Module that exports `magics`. */
  readonly magicsUrl: string;
  readonly cwd: string;
  readonly guard: TerminationGuard;
  /** The signal of the cell that runs. */
  signal(): AbortSignal;
}

/** The `$magic` that transformed cells call: `$magic('train', 'cnn --epochs 2')`. */
export function createMagicCall(host: MagicHost) {
  return async (name: string, line: string, body?: string): Promise<unknown> => {
    const place = callPlace();
    const magics = await loadMagics(host.magicsUrl);
    const magic = magics.find((candidate) => candidate.name === name);
    if (!magic) throw unknownMagic(name, magics);
    checkForm(magic, body);
    const parsed = parseLine(magic, line, body);
    const code = { ...place, line: place.line + (body === undefined ? 0 : 1) };
    const bars: StoppableBar[] = [];
    const progress = (label: string): StoppableBar => {
      const bar = progressBar(label);
      bars.push(bar);
      return bar;
    };
    const context = { ...createContext(host, code), progress };
    try {
      return await held(cooperative(host.guard, () => magic.run(parsed, context)));
    } catch (error) {
      for (const bar of bars) bar.stop(context.signal.aborted ? 'interrupted' : 'failed');
      throw error;
    }
  };
}

const pending = new Set<Promise<unknown>>();

/**
 * Keeps a magic's promise, and with it the evaluation of its cell, from the garbage collector: an interrupt may leave it
 * pending for good, and the inspector would call back in the midst of a collection, which aborts the process.
 */
function held<T>(promise: Promise<T>): Promise<T> {
  pending.add(promise);
  const settled = () => pending.delete(promise);
  promise.then(settled, settled);
  return promise;
}

/** The error for a magic that is not there. */
export function unknownMagic(name: string, magics: readonly Magic[]): UsageError {
  const known = magics.map((candidate) => `%${candidate.name}`);
  return UsageError.unknown('magic', `%${name}`, known);
}

function checkForm({ name, form = 'line' }: Magic, body: string | undefined): void {
  if (form === 'cell' && body === undefined)
    throw new UsageError(`%${name} is a cell magic: write %%${name} in the first line of the cell`);
  if (form === 'line' && body !== undefined)
    throw new UsageError(
      `%%${name} is a line magic: write %${name}; the lines below it are cells of their own`,
    );
}

/** The line of the cell that calls a magic right now. */
export function callPlace(): CodePlace {
  const frames = parseStack(new Error().stack ?? '');
  const cell = frames.find((frame) => frame.kind === 'cell');
  return { script: cell?.script ?? '', line: cell?.line ?? 1 };
}

/** What magics get, for a call at `place`. */
export function createContext(host: MagicHost, place: CodePlace): Context {
  return {
    variables,
    cwd: process.cwd(),
    folder: host.cwd,
    inputs: countedCells,
    evaluate: (code, options) => runCode(code, { ...place, ...options }, host),
    call: (work) => callWork(work, host.guard),
    ledger: () => openLedger(join(host.cwd, '.edgebook')),
    types: typesMode,
    signal: host.signal(),
    display,
    print: (text, name = 'stdout') => show({ type: 'stream', name, text }),
    confirm: (question) => confirm(question),
    ask: (question, isSecret) => input(question, { password: isSecret }),
    progress: progressBar,
    curve: (label) => lateWidgets.liveCurve()(label),
    selectable: (plot) => lateWidgets.selectable()(plot),
  };
}

let opened: Promise<Ledger> | undefined;

function openLedger(folder: string): Promise<Ledger> {
  opened ??= Promise.all([import('../../src/ledger/index.ts'), import('../../src/onnx/index.ts')]).then(
    ([{ Ledger }, { readModel, writeModel }]) => Ledger.open(folder, { readModel, writeModel }),
  );
  // What hindered it may be gone the next time.
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

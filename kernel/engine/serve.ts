import type { MessagePort, Worker } from 'node:worker_threads';
import { runCell } from './cell.ts';
import { receiveComm } from './comms.ts';
import { installConsole } from './console.ts';
import type { ToMain } from './control-worker.ts';
import { installGlobals } from './globals.ts';
import { connectInput, type InputLine } from './input.ts';
import { abortCells, areOver, releaseCells } from './interrupt.ts';
import { silenceOwnWarnings } from './own-warnings.ts';
import { installStackTraces } from './stack-frames.ts';
import type { Answer, Order } from './supervisor.ts';
import { startDone, type TerminationGuard } from './termination-guard.ts';
import { errorOutput } from './traceback.ts';
import { warmUp } from './warm-up.ts';

export interface ServeOptions {
  readonly magicsUrl: string;
  readonly guard: TerminationGuard;
  readonly worker: Worker;
  /** What the worker passes on. */
  readonly control: MessagePort;
  /** How the user's answers come. */
  readonly input: InputLine;
}

/** Makes this thread a place for user code, and runs the cells that the worker passes on. */
export function serve({ magicsUrl, guard, worker, control, input }: ServeOptions): void {
  silenceOwnWarnings();
  installConsole();
  installStackTraces();
  installGlobals({ magicsUrl, cwd: process.cwd(), guard });
  connectInput(input);
  process.argv.length = 1;
  surviveLateErrors(worker);
  control.on('message', (message: ToMain) => {
    if (message.type === 'execute') void runCell(message, { magicsUrl, guard });
    else if (message.type === 'comm') receiveComm(message.origin, message.message);
    else obey(message, { guard, control });
  });
  warmUp(guard);
  startDone(guard);
}

function obey(order: Order, { guard, control }: Pick<ServeOptions, 'guard' | 'control'>): void {
  const answer = (message: Answer) => control.postMessage(message);
  if (order.type === 'interrupt') abortCells();
  else if (order.type === 'ping') answer({ type: 'pong', ping: order.ping, over: areOver() });
  else if (releaseCells(guard, order)) answer({ type: 'released' });
}

/** What goes wrong outside a cell (a timer, a promise nobody awaits) is shown and costs nothing else. */
function surviveLateErrors(worker: Worker): void {
  const show = (error: unknown) => console.error(errorOutput(error).traceback.join('\n'));
  process.on('uncaughtException', show);
  process.on('unhandledRejection', show);
  // Ctrl-C in a terminal goes to every process in it; the kernel decides what it means.
  process.on('SIGINT', () => {});
  worker.on('error', (error) => {
    show(error);
    process.exit(1);
  });
}
